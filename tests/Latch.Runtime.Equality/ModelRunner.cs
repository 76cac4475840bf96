using Latch.Model;

namespace Latch.Runtime.Equality;

/// <summary>Runs a model by "scalar" and by every other kernel, and compares results and state after each step.</summary>
internal static class ModelRunner
{
    /// <summary>Steps a recurrent layer through its script.</summary>
    /// <param name="run">Where to compare.</param>
    /// <param name="shape">The layer.</param>
    /// <param name="script">States and samples; null takes the usual ones.</param>
    /// <param name="prepare">What to do to each session first, for example to force gates.</param>
    public static void Run(EqualityRun run, CellShape shape, StepScript? script = null, Action<Session>? prepare = null)
    {
        script ??= new StepScript(shape);
        ModelDefinition definition = LayerModel.Create(shape);
        int[][] expected = Trace(run, definition, EqualityRun.Scalar, script, prepare);
        run.CountModel();
        foreach (string kernel in run.Kernels)
        {
            int[][] actual = Trace(run, definition, kernel, script, prepare);
            for (int step = 0; step < script.Steps; step++)
                run.Compare(kernel, shape, $"step {step}", expected[step], actual[step]);
        }
    }

    /// <summary>Per step: the result's codes and the whole state. Every span lies against a guard page, at its end or start in turn.</summary>
    internal static int[][] Trace(EqualityRun run, ModelDefinition definition, string kernel, StepScript script, Action<Session>? prepare = null)
    {
        using LatchModel model = LatchModel.Create(definition, new LatchModelOptions { Kernel = kernel });
        Session session = model.CreateSession();
        prepare?.Invoke(session);
        bool wide = definition.Layers[0].Input.Type == ElementType.Int16;
        var trace = new int[script.Steps][];
        for (int step = 0; step < script.Steps; step++)
        {
            bool end = step % 2 == 0;
            Span<int> state = run.State.At<int>(end, session.StateSize);
            if (script.TryFillState(step, state))
                session.LoadState(state);
            Span<short> result = run.Results.At<short>(end, model.OutputSize);
            Step(session, script.Codes[step], wide, run.Codes, end, result);
            session.SaveState(state);
            int[] integers = new int[result.Length + state.Length];
            for (int i = 0; i < result.Length; i++)
                integers[i] = result[i];
            state.CopyTo(integers.AsSpan(result.Length));
            trace[step] = integers;
        }
        return trace;
    }

    internal static void Step(Session session, ReadOnlySpan<short> sample, bool wide, GuardedMemory memory, bool end, Span<short> result)
    {
        if (wide)
        {
            Span<short> codes = memory.At<short>(end, sample.Length);
            sample.CopyTo(codes);
            session.Step(codes, result);
            return;
        }
        Span<sbyte> narrow = memory.At<sbyte>(end, sample.Length);
        for (int i = 0; i < sample.Length; i++)
            narrow[i] = (sbyte)sample[i];
        session.Step(narrow, result);
    }
}
