using Latch.Import.Graph;
using Latch.Import.Reference;
using Latch.Model;
using Latch.Quantize.Calibration;
using CellKind = Latch.Model.CellKind;
using GraphCell = Latch.Import.Graph.CellKind;

namespace Latch.Quantize.Lowering;

/// <summary>Recurrent layers (NUMERICS.md sections 3 to 5).</summary>
internal static class RecurrentLowering
{
    private const int MostCellBits = 24;
    private const int LeastCellBits = 18;
    private const double CellHeadroom = 4;

    public static void Lower(RecurrentNode node, PlanBuilder plan)
    {
        int x = plan.Tensor(node.X);
        LoweringContext context = plan.Context;
        int index = context.Layer(node, () => Build(node, plan, plan.Format(x)));
        RecurrentLayer layer = context.Layers[index];
        int initialHidden = Initial(node.InitialH, plan), initialCell = Initial(node.InitialC, plan);
        int output = Define(node.Y, plan), finalHidden = Define(node.FinalH, plan), finalCell = Define(node.FinalC, plan);
        plan.Add(new RecurrentOperation
        {
            Name = context.ShortName(node),
            Layer = index,
            Steps = node.Steps,
            StartsAnew = node.StartsAnew || (plan.Model.Steps == 1 && IsGiven(node, plan.Model)),
            Input = x,
            InitialHidden = initialHidden,
            InitialHiddenRescale = From(initialHidden, MostCellBits, node, plan),
            InitialCell = initialCell,
            InitialCellRescale = From(initialCell, layer.CellFractionBits, node, plan),
            Output = output,
            OutputRescale = To(output, MostCellBits, node, plan),
            FinalHidden = finalHidden,
            FinalHiddenRescale = To(finalHidden, MostCellBits, node, plan),
            FinalCell = finalCell,
            FinalCellRescale = To(finalCell, layer.CellFractionBits, node, plan),
        });
    }

    private static int Initial(string? value, PlanBuilder plan)
    {
        bool zero = value is null || (plan.Model.Constants.TryGetValue(value, out FloatTensor? constant) && constant.Data.All(static number => number == 0));
        return zero ? -1 : plan.Tensor(value!);
    }

    // A model made for single steps whose initial state is an input, and no state: each step starts from what is given.
    private static bool IsGiven(RecurrentNode node, FloatModel model) => model.Inputs.Any(input => input.Name == node.InitialH || input.Name == node.InitialC);

    private static int Define(string? value, PlanBuilder plan) => value is null ? -1 : plan.Define(value);

    private static Rescale From(int tensor, int fractionBits, RecurrentNode node, PlanBuilder plan) =>
        tensor < 0 ? default : MultiplierFactory.Create(Math.ScaleB(plan.Format(tensor).Scale, fractionBits), node.Name);

    private static Rescale To(int tensor, int fractionBits, RecurrentNode node, PlanBuilder plan) =>
        tensor < 0 ? default : MultiplierFactory.Create(Math.ScaleB(1 / plan.Format(tensor).Scale, -fractionBits), node.Name);

    private static RecurrentLayer Build(RecurrentNode node, PlanBuilder plan, Quantization x)
    {
        LoweringContext context = plan.Context;
        ValueRange hiddenRange = context.State(node, RecurrentQuantity.Hidden).Union(InitialRange(node.InitialH, plan));
        if (hiddenRange.Magnitude >= 64)
            throw new QuantizeException($"its hidden state reaches {hiddenRange.Magnitude:G4}; the integer state holds +-128 with room for twice the calibrated range, scale the model's values", node.Name);
        ElementType type = context.StateType(node);
        Quantization hidden = hiddenRange.ToQuantization(type);
        Quantization? reset = node.Cell == GraphCell.Gru && !node.LinearBeforeReset ? context.State(node, RecurrentQuantity.ResetHidden).ToQuantization(type) : null;
        double cellRange = node.Cell == GraphCell.Lstm ? context.State(node, RecurrentQuantity.Cell).Union(InitialRange(node.InitialC, plan)).Magnitude : 0;
        int cellBits = node.Cell == GraphCell.Lstm ? CellBits(cellRange, node) : 0;
        ActivationFunction[] functions = [.. node.Activations.Select(function => ActivationLowering.Function(function.Kind, function.Alpha, function.Beta, node.Name))];
        var sums = new RecurrentSums(node, context, x, hidden, reset ?? hidden, cellBits);
        return new RecurrentLayer
        {
            Name = node.Name,
            Kind = node.Cell switch { GraphCell.Lstm => CellKind.Lstm, GraphCell.Gru => CellKind.Gru, _ => CellKind.Rnn },
            Reverse = node.Reverse,
            InputSize = node.InputSize,
            HiddenSize = node.HiddenSize,
            Input = x,
            Hidden = hidden,
            HiddenRescale = MultiplierFactory.Create(Math.ScaleB(1 / hidden.Scale, -24), node.Name),
            InputWeights = sums.InputWeights,
            RecurrentWeights = sums.RecurrentWeights,
            Bias = sums.Bias,
            RecurrentBias = sums.RecurrentBias,
            BiasFractionBits = sums.BiasFractionBits,
            InputMultipliers = sums.InputMultipliers,
            RecurrentMultipliers = sums.RecurrentMultipliers,
            Shift = sums.Shift,
            Peepholes = sums.Peepholes,
            PreActivationLimits = [.. Enumerable.Range(0, node.Gates).Select(gate => Limit(node, functions, gate))],
            GateActivation = functions[0],
            CandidateActivation = functions.Length > 1 ? functions[1] : default,
            OutputActivation = functions.Length > 2 ? functions[2] : default,
            CellFractionBits = cellBits,
            CellRange = Math.Round(Math.Min(cellRange, Math.ScaleB(1, 31 - cellBits)), 4),
            InputForget = node.InputForget,
            LinearBeforeReset = node.LinearBeforeReset,
            ResetHidden = reset,
            ResetHiddenRescale = reset is null ? default : MultiplierFactory.Create(Math.ScaleB(1 / reset.Scale, -24), node.Name),
        };
    }

    private static ValueRange InitialRange(string? value, PlanBuilder plan)
    {
        if (value is null)
            return default;
        return plan.Model.Constants.TryGetValue(value, out FloatTensor? constant)
            ? new ValueRange(constant.Data.Min(), constant.Data.Max())
            : plan.Context.Ranges.Value(value);
    }

    // The most fraction bits with which 32 bits hold four times the calibrated range. A cell that is read through tanh may lie beyond what the fewest hold: it
    // stays at the end of its range, where tanh has long been one.
    private static int CellBits(double range, RecurrentNode node)
    {
        int bits = Math.Min(MostCellBits, (int)Math.Floor(31 - Math.Log2(Math.Max(CellHeadroom * range, 1))));
        if (bits >= LeastCellBits || (node.Activations[2].Kind == Import.Graph.ActivationKind.Tanh && node.Peepholes is null))
            return Math.Max(bits, LeastCellBits);
        throw new QuantizeException($"its cell state reaches {range:G4}; the integer cell holds at most {Math.ScaleB(1, 31 - LeastCellBits) / CellHeadroom:G4} with fourfold headroom, scale the model's values", node.Name);
    }

    private static int Limit(RecurrentNode node, ActivationFunction[] functions, int gate)
    {
        int candidate = node.Cell switch { GraphCell.Lstm => 3, GraphCell.Gru => 2, _ => -1 };
        int limit = ActivationLowering.Limit(functions[gate == candidate ? 1 : 0]);
        return node.Clip is { } clip && clip > 0 ? (int)Math.Clamp(Math.Round(Math.ScaleB(clip, 13)), 1, limit) : limit;
    }
}
