using Latch.Import.Graph;
using Latch.Quantize.Calibration;
using Latch.Quantize.Precision;
using Latch.Quantize.Tests.Models;
using Latch.Quantize.Weights;

namespace Latch.Quantize.Tests;

public sealed class ClipSearchTests
{
    private const int Rows = 6;
    private const int Columns = 24;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Shrink_LargeWeightOfASilentInput_LeavesLessError(bool compensated)
    {
        WeightBlock block = Block(out float[][] vectors);
        RowScales scales = new([.. Enumerable.Repeat(1.0 / 127, Rows)], new double[Rows]), least = new(new double[Rows], new double[Rows]);
        ErrorSpread? spread = compensated ? ErrorSpread.Of(block.Moments!) : null;
        RowScales clipped = ClipSearch.Shrink(block, scales, least, spread);
        for (int row = 0; row < Rows; row++)
            Assert.InRange(clipped.First[row], 0.7 / 127 - 1e-12, 1.0 / 127);
        double before = MeanSquare(block, scales, spread, vectors), after = MeanSquare(block, clipped, spread, vectors);
        // Rounding errs by the square of the step: 0.49 of it at 0.7 of the scale.
        Assert.InRange(after / before, 0.2, 0.7);
    }

    [Fact]
    public void Shrink_Floor_IsKept()
    {
        WeightBlock block = Block(out _);
        RowScales scales = new([.. Enumerable.Repeat(1.0 / 127, Rows)], new double[Rows]), least = new([.. Enumerable.Repeat(0.98 / 127, Rows)], new double[Rows]);
        RowScales clipped = ClipSearch.Shrink(block, scales, least, ErrorSpread.Of(block.Moments!));
        Assert.All(clipped.First, static scale => Assert.InRange(scale, 0.98 / 127, 1.0 / 127));
    }

    [Fact]
    public void Shrink_WithoutData_GoesByTheWeights()
    {
        WeightBlock known = Block(out _), block = new("rows", Rows, known.Weights, [], null);
        RowScales scales = new([.. Enumerable.Repeat(1.0 / 127, Rows)], new double[Rows]), least = new(new double[Rows], new double[Rows]);
        RowScales clipped = ClipSearch.Shrink(block, scales, least, null);
        double SquaredErrors(RowScales tried, int row)
        {
            sbyte[] codes = block.Round(tried, null);
            return Enumerable.Range(row * Columns, Columns).Sum(i => Math.Pow(block.Weights[i] - codes[i] * tried.First[row], 2));
        }
        // The large weight counts as any other now: it may lose no more than the others win.
        Assert.All(clipped.First, static scale => Assert.InRange(scale, 0.98 / 127, 1.0 / 127));
        for (int row = 0; row < Rows; row++)
            Assert.InRange(SquaredErrors(clipped, row), 0, SquaredErrors(scales, row));
    }

    [Fact]
    public void ErrorsOf_RoundedRows_AreTheMeanSquaredErrorsOfTheirSums()
    {
        WeightBlock block = Block(out float[][] vectors);
        RowScales scales = new([.. Enumerable.Repeat(1.0 / 127, Rows)], new double[Rows]);
        sbyte[] codes = block.Round(scales, ErrorSpread.Of(block.Moments!));
        double[] errors = ClipSearch.ErrorsOf(block, scales, codes, ClipSearch.HalfOf(block.Moments!));
        Assert.Equal(MeanSquare(block, scales, ErrorSpread.Of(block.Moments!), vectors) / vectors.Length, errors.Sum(), 1e-6 * errors.Sum());
    }

    [Fact]
    public void Auto_LargeWeightOfASilentInput_KeepsTheClipPoints()
    {
        WeightBlock block = Block(out _);
        var builder = new NetworkBuilder(1, 1);
        builder.Output(builder.Add(new DenseNode("only", builder.Input("x", 1, Columns), "y", new FloatTensor([Rows, Columns], block.Weights), null), 1, Rows));
        QuantizeResult result = Quantizer.Quantize(
            builder.Build(), CalibrationData.FromWindows(Vectors(400)), new QuantizeOptions { Activations = ActivationWidth.Auto, Budget = 1e-6, WideValues = new HashSet<string> { "x" } });
        PrecisionStep step = result.Precision!.Steps[0];
        Assert.Equal((PrecisionAction.ClipRows, "only", true), (step.Action, step.Target, step.Kept));
        Assert.InRange(step.Share, 0.2, 0.8);
    }

    // The first weight is a hundred times larger than the others, but its input is all but silent.
    private static WeightBlock Block(out float[][] vectors)
    {
        vectors = Vectors(300);
        var moments = new SecondMoments(Columns);
        foreach (float[] vector in vectors)
            moments.Add(vector, []);
        float[] weights = [.. new NetworkBuilder(2, 1).Weights(0.01, Rows, Columns).Data.Select(static (weight, i) => i % Columns == 0 ? 1 : weight)];
        return new WeightBlock("rows", Rows, weights, [], moments);
    }

    private static float[][] Vectors(int count)
    {
        float[] values = new NetworkBuilder(3, 1).Weights(1, count, Columns).Data;
        return [.. values.Select(static (value, i) => i % Columns == 0 ? 1e-4f * value : value).Chunk(Columns)];
    }

    private static double MeanSquare(WeightBlock block, RowScales scales, ErrorSpread? spread, float[][] vectors)
    {
        sbyte[] codes = block.Round(scales, spread);
        double sum = 0;
        foreach (float[] vector in vectors)
        {
            for (int row = 0; row < Rows; row++)
                sum += Math.Pow(Enumerable.Range(0, Columns).Sum(column => (block.Weights[row * Columns + column] - codes[row * Columns + column] * scales.First[row]) * vector[column]), 2);
        }
        return sum;
    }
}
