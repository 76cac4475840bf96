using Latch.Model;

namespace Latch.Runtime.Tests.Reference;

/// <summary>Makes a model of one recurrent layer from a float one, by NUMERICS.md section 3.</summary>
internal static class LayerQuantizer
{
    /// <summary>A ratio as multiplier and shift, with 31 significant bits.</summary>
    public static Rescale Ratio(double ratio)
    {
        int shift = 0;
        while (shift < 62 && ratio * Math.ScaleB(1, shift + 1) < int.MaxValue)
            shift++;
        return new Rescale((int)Math.Round(ratio * Math.ScaleB(1, shift)), shift);
    }

    /// <summary>Codes for -range..range.</summary>
    public static Quantization Codes(double range, bool wide, int zeroPoint = 0) =>
        wide ? new Quantization(ElementType.Int16, range / 32767, 0) : new Quantization(ElementType.Int8, range / 120, zeroPoint);

    /// <summary>A model with one layer: a streaming plan, or a window plan of <paramref name="steps"/> steps.</summary>
    public static ModelDefinition Model(FloatLayer source, int steps = 0, IReadOnlyList<Channel>? channels = null)
    {
        LayerOptions options = source.Options;
        Dictionary<string, ConstantTensor> constants = [];
        RecurrentLayer layer = Layer(source, constants);
        var output = new Quantization(ElementType.Int16, options.HiddenRange / 32767, 0);
        Plan Make(int count) => new()
        {
            Steps = count,
            Tensors =
            [
                new ActivationTensor("x", [count, options.Inputs], layer.Input),
                new ActivationTensor("y", [count, options.Units], output),
            ],
            ConstantTensors = new Dictionary<int, string>(),
            Inputs = [new PlanPort("x", 0)],
            Outputs = [new PlanPort("y", 1)],
            Operations = [new RecurrentOperation { Name = "cell", Layer = 0, Steps = count, Input = 0, Output = 1, OutputRescale = Ratio(Math.ScaleB(1, -24) / output.Scale) }],
        };
        return new ModelDefinition
        {
            Name = "test",
            Channels = channels ?? [],
            Layers = [layer],
            Step = options.Reverse ? null : Make(1),
            Sequence = steps > 0 ? Make(steps) : null,
            NotStreamable = options.Reverse ? "node 'cell' walks backward." : null,
            Constants = constants,
        };
    }

    /// <summary>The layer's definition; adds its constants.</summary>
    public static RecurrentLayer Layer(FloatLayer source, Dictionary<string, ConstantTensor> constants)
    {
        LayerOptions options = source.Options;
        int rows = source.Gates * options.Units, shift = 24;
        Quantization x = Codes(options.InputRange, options.Wide, zeroPoint: -3), h = Codes(options.HiddenRange, options.Wide, zeroPoint: 5);
        Quantization? resetHidden = options is { Kind: CellKind.Gru, LinearBeforeReset: false } ? Codes(options.HiddenRange, options.Wide, zeroPoint: -7) : null;
        bool apart = options is { Kind: CellKind.Gru, LinearBeforeReset: true };
        double[] rowScale(double[][] matrix) => [.. matrix.Select(row => Math.Max(row.Max(Math.Abs), 1e-6) / 127)];
        double[] inputScale = rowScale(source.Input), recurrentScale = rowScale(source.Recurrent);
        void Numbers(string name, int count, Func<int, double> value) =>
            constants[name] = ConstantTensor.Of(name, [count], [.. Enumerable.Range(0, count).Select(i => checked((int)Math.Round(value(i))))]);
        void Weights(string name, double[][] matrix, double[] scale) =>
            constants[name] = ConstantTensor.Of(name, [matrix.Length, matrix[0].Length], matrix.SelectMany((row, r) => row.Select(w => (sbyte)Math.Round(w / scale[r]))).ToArray());
        Weights("W", source.Input, inputScale);
        Weights("R", source.Recurrent, recurrentScale);
        Numbers("MA", rows, row => x.Scale * inputScale[row] * Math.ScaleB(1, 13 + shift));
        Numbers("MB", rows, row => (resetHidden is not null && row >= 2 * options.Units ? resetHidden : h).Scale * recurrentScale[row] * Math.ScaleB(1, 13 + shift));
        Numbers("B", rows, row => (source.Bias[row] + (apart && row >= 2 * options.Units ? 0 : source.RecurrentBias[row])) * Math.ScaleB(1, 20));
        if (apart)
            Numbers("RB", options.Units, unit => source.RecurrentBias[(2 * options.Units) + unit] * Math.ScaleB(1, 20));
        if (options.Peepholes)
            Numbers("P", 3 * options.Units, i => source.Peepholes[i] * Math.ScaleB(1, 13 + shift - options.CellFractionBits));
        var tanh = new ActivationFunction(ActivationKind.Tanh);
        ActivationFunction gate = options.Gate ?? (options.Kind == CellKind.Rnn ? tanh : new ActivationFunction(ActivationKind.Sigmoid));
        ActivationFunction candidate = options.Candidate ?? tanh;
        int Limit(ActivationFunction function) => function.IsCurve ? 1 << 17 : 1 << 20;
        bool lstm = options.Kind == CellKind.Lstm;
        return new RecurrentLayer
        {
            Name = "cell",
            Kind = options.Kind,
            Reverse = options.Reverse,
            InputSize = options.Inputs,
            HiddenSize = options.Units,
            Input = x,
            Hidden = h,
            HiddenRescale = Ratio(Math.ScaleB(1, -24) / h.Scale),
            InputWeights = "W",
            RecurrentWeights = "R",
            Bias = "B",
            RecurrentBias = apart ? "RB" : null,
            InputMultipliers = "MA",
            RecurrentMultipliers = "MB",
            Shift = shift,
            Peepholes = options.Peepholes ? "P" : null,
            PreActivationLimits = [.. Enumerable.Range(0, source.Gates).Select(i => Limit(i == source.Gates - 1 && options.Kind != CellKind.Rnn ? candidate : gate))],
            GateActivation = gate,
            CandidateActivation = options.Kind == CellKind.Rnn ? default : candidate,
            OutputActivation = lstm ? options.Output ?? tanh : default,
            CellFractionBits = lstm ? options.CellFractionBits : 0,
            CellRange = lstm ? 4 : 0,
            InputForget = options.InputForget,
            LinearBeforeReset = apart,
            ResetHidden = resetHidden,
            ResetHiddenRescale = resetHidden is null ? default : Ratio(Math.ScaleB(1, -24) / resetHidden.Scale),
        };
    }
}
