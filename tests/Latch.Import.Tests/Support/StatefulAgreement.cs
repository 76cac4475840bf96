using Latch.Import.Graph;
using Latch.Import.Reference;

namespace Latch.Import.Tests.Support;

/// <summary>Runs a model with states step by step: in ONNX Runtime they are handed on, in the reference it carries them.</summary>
internal static class StatefulAgreement
{
    /// <summary>The largest difference over the model's outputs and some steps of random inputs, states from zero.</summary>
    public static double Largest(byte[] bytes, FloatModel model, int steps, params (string Input, string Output)[] states) => Largest(bytes, model, steps, [], states);

    /// <summary>The same, with the states that the model says.</summary>
    public static double Largest(byte[] bytes, FloatModel model, int steps, IEnumerable<StatePair> states) =>
        Largest(bytes, model, steps, [], [.. states.Select(pair => (pair.Input, pair.Output, pair.Offset))]);

    /// <summary>The same, with other inputs that only the file has.</summary>
    public static double Largest(
        byte[] bytes, FloatModel model, int steps, (string Name, int[] Shape, float[] Data)[] others, (string Input, string Output)[] states) =>
        Largest(bytes, model, steps, others, [.. states.Select(pair => (pair.Input, pair.Output, 0))]);

    private static double Largest(
        byte[] bytes, FloatModel model, int steps, (string Name, int[] Shape, float[] Data)[] others, (string Input, string Output, int Offset)[] states)
    {
        using OnnxOracle oracle = new(bytes);
        FloatReference reference = new(model, carryState: true);
        Random random = new(7);
        Dictionary<string, (int[] Shape, float[] Data)> carried = states.ToDictionary(
            pair => pair.Input, pair => (oracle.Shape(pair.Input), new float[TensorShape.Count(oracle.Shape(pair.Input))]));
        double largest = 0;
        for (int step = 0; step < steps; step++)
        {
            Dictionary<string, float[]> inputs = Agreement.RandomInputs(model, random);
            Dictionary<string, float[]> expected = oracle.Run(
                model.Inputs.Select(input => (input.Name, input.Shape, inputs[input.Name])).Concat(carried.Select(entry => (entry.Key, entry.Value.Shape, entry.Value.Data))).Concat(others));
            IReadOnlyDictionary<string, float[]> actual = reference.Run(inputs);
            largest = Math.Max(largest, Agreement.Largest(model.Outputs.ToDictionary(output => output.Name, output => expected[output.Name]), actual));
            foreach ((string input, string output, int offset) in states)
                carried[input] = (carried[input].Shape, expected[output][offset..(offset + carried[input].Data.Length)]);
        }
        return largest;
    }
}
