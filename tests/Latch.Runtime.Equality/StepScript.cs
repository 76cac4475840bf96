namespace Latch.Runtime.Equality;

/// <summary>The states and samples a model is given: steps from states at the ends of their format, from a random state, and free steps after it.</summary>
internal sealed class StepScript
{
    private const int Loaded = CodePattern.Ends + 1, Free = 2;

    private readonly CellShape _shape;
    private readonly int _seed;

    /// <summary>The usual script, or one with more free steps, all of them with one pattern of codes.</summary>
    public StepScript(CellShape shape, int freeSteps = Free, int freePattern = CodePattern.Ends)
    {
        (_shape, _seed, Steps) = (shape, shape.Seed + 7919, Loaded + freeSteps);
        var random = new Random(_seed);
        Codes = [.. Enumerable.Range(0, Steps).Select(step => CodePattern.Codes(step < Loaded ? step : freePattern, shape.Inputs, shape.Type, random))];
    }

    public int Steps { get; }

    public IReadOnlyList<short[]> Codes { get; }

    /// <summary>Writes the state to load before a step; false for a step that goes on from the one before.</summary>
    public bool TryFillState(int step, Span<int> state)
    {
        if (step >= Loaded)
            return false;
        state.Clear();
        state[0] = step + 1;
        var random = new Random(_seed + step);
        Span<int> layer = state[^_shape.StateIntegers..];
        int gates = _shape.Gates * _shape.Units;
        CodePattern.FillState(step, layer[..^gates], random);
        foreach (ref int gate in layer[^gates..])
            gate = random.Next(0, (1 << 24) + 1);
        return true;
    }
}
