using Latch.Import.Graph;
using Latch.Quantize.Calibration;
using Latch.Quantize.Weights;
using CellKind = Latch.Import.Graph.CellKind;

namespace Latch.Quantize.Lowering;

/// <summary>
/// The rows of W and R that are rounded together: side by side where their products are added. With a GRU's reset gate after the product the two sums of
/// the candidate do not simply add: neither makes good the other's rounding.
/// </summary>
internal sealed class RecurrentBlocks
{
    private readonly RecurrentNode _node;
    private readonly LoweringContext _context;
    private readonly IReadOnlyList<Block> _blocks;

    public RecurrentBlocks(RecurrentNode node, LoweringContext context)
    {
        (_node, _context) = (node, context);
        int rows = node.Gates * node.HiddenSize, gates = node.Cell == CellKind.Gru ? 2 * node.HiddenSize : rows;
        Block joined = Create("gates", 0, gates, true, true, node.Name);
        _blocks = node.Cell != CellKind.Gru ? [joined]
            : node.LinearBeforeReset
            ? [joined, Create("input", gates, rows, true, false, CalibrationRecorder.InputMoments(node.Name)), Create("hidden", gates, rows, false, true, CalibrationRecorder.HiddenMoments(node.Name))]
            : [joined, Create("reset", gates, rows, true, true, CalibrationRecorder.ResetMoments(node.Name))];
    }

    /// <summary>Replaces scales by those of the best clip points.</summary>
    /// <param name="input">Scales of W, one per row.</param>
    /// <param name="recurrent">Scales of R, one per row.</param>
    /// <param name="leastInput">Scales of W below which none may fall.</param>
    /// <param name="leastRecurrent">Scales of R below which none may fall.</param>
    public void Clip(double[] input, double[] recurrent, double[] leastInput, double[] leastRecurrent)
    {
        foreach (Block block in _blocks)
        {
            RowScales clipped = _context.Rounding.Clip(block.Weights, block.Of(input, recurrent), block.Of(leastInput, leastRecurrent));
            if (block.HasInput)
                clipped.First.CopyTo(input, block.First);
            if (block.HasRecurrent)
                (block.HasInput ? clipped.Second : clipped.First).CopyTo(recurrent, block.First);
        }
    }

    /// <summary>Codes of W and R, and what rounding changed in the mean of each row's two sums.</summary>
    public (sbyte[] Input, sbyte[] Recurrent, (double Input, double Recurrent)[] Errors) Round(double[] input, double[] recurrent)
    {
        int inputs = _node.InputSize, units = _node.HiddenSize;
        var inputCodes = new sbyte[input.Length * inputs];
        var recurrentCodes = new sbyte[recurrent.Length * units];
        var errors = new (double Input, double Recurrent)[input.Length];
        foreach (Block block in _blocks)
        {
            RoundedRows rows = RoundedRows.Round(block.Weights, block.Of(input, recurrent), _context.Rounding, Shift(block));
            if (block.HasInput)
                rows.Columns(0, inputs).CopyTo(inputCodes, block.First * inputs);
            if (block.HasRecurrent)
                rows.Columns(block.HasInput ? inputs : 0, units).CopyTo(recurrentCodes, block.First * units);
            for (int row = 0; row < rows.MeanError.Length; row++)
            {
                (double first, double second) = rows.MeanError[row];
                ref (double Input, double Recurrent) error = ref errors[block.First + row];
                error = block.HasInput ? (first, error.Recurrent + second) : (error.Input, error.Recurrent + first);
            }
        }
        return (inputCodes, recurrentCodes, errors);
    }

    // The product of reset gate and state is not watched: its mean is taken as right.
    private double[]? Shift(Block block)
    {
        if (_context.Choices.Shifts.GetValueOrDefault(_node.Name) is not { } shift)
            return null;
        double[] hidden = block.IsReset ? new double[_node.HiddenSize] : shift.Hidden;
        return [.. block.HasInput ? shift.Input : [], .. block.HasRecurrent ? hidden : []];
    }

    private Block Create(string part, int first, int last, bool hasInput, bool hasRecurrent, string moments)
    {
        ReadOnlySpan<float> input = _node.InputWeights.Data.AsSpan(first * _node.InputSize, (last - first) * _node.InputSize);
        ReadOnlySpan<float> recurrent = _node.RecurrentWeights.Data.AsSpan(first * _node.HiddenSize, (last - first) * _node.HiddenSize);
        var weights = new WeightBlock($"{_node.Name}.{part}", last - first, hasInput ? input : recurrent, hasInput && hasRecurrent ? recurrent : [], _context.Moments(moments));
        return new Block(first, hasInput, hasRecurrent, part == "reset", weights);
    }

    // Rows from First on; which of the two matrices they are of.
    private sealed record Block(int First, bool HasInput, bool HasRecurrent, bool IsReset, WeightBlock Weights)
    {
        public RowScales Of(double[] input, double[] recurrent)
        {
            double[] first = (HasInput ? input : recurrent)[First..(First + Weights.Rows)];
            return new RowScales(first, HasInput && HasRecurrent ? recurrent[First..(First + Weights.Rows)] : new double[Weights.Rows]);
        }
    }
}
