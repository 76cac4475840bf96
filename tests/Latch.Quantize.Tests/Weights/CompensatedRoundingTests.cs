using Latch.Quantize.Weights;

namespace Latch.Quantize.Tests;

public sealed class CompensatedRoundingTests
{
    private const int Columns = 24;
    private const int Rows = 40;
    private const double Scale = 0.05;

    [Fact]
    public void Round_UncorrelatedInputs_IsNearestCode()
    {
        // With E[v v^T] diagonal no column can make good the error of another: plain rounding is the optimum.
        var moments = new SecondMoments(Columns);
        for (int i = 0; i < Columns; i++)
        {
            var unit = new float[Columns];
            unit[i] = 1 + i;
            moments.Add(unit, []);
        }
        float[] weights = Weights(1);
        sbyte[] codes = CompensatedRounding.Round(weights, (_, _) => Scale, moments);
        for (int i = 0; i < weights.Length; i++)
            Assert.Equal((sbyte)Math.Round(weights[i] / Scale, MidpointRounding.AwayFromZero), codes[i]);
    }

    [Fact]
    public void Round_CorrelatedInputs_LeavesSmallerErrorInTheSums()
    {
        float[][] inputs = CorrelatedInputs(500);
        var moments = new SecondMoments(Columns);
        foreach (float[] v in inputs)
            moments.Add(v.AsSpan(0, 10), v.AsSpan(10));
        float[] weights = Weights(2);
        sbyte[] compensated = CompensatedRounding.Round(weights, (_, _) => Scale, moments);
        var nearest = new sbyte[weights.Length];
        for (int i = 0; i < weights.Length; i++)
            nearest[i] = (sbyte)Math.Round(weights[i] / Scale, MidpointRounding.AwayFromZero);

        double errorCompensated = SumError(weights, compensated, inputs), errorNearest = SumError(weights, nearest, inputs);
        Assert.True(errorCompensated < 0.5 * errorNearest, $"compensated {errorCompensated:g4}, nearest {errorNearest:g4}");
        for (int i = 0; i < weights.Length; i++)
            Assert.InRange(Math.Abs(compensated[i] * Scale - weights[i]), 0, 4 * Scale);
    }

    [Fact]
    public void Round_CodesBeyondTheLimit_AreClamped()
    {
        var moments = new SecondMoments(2);
        moments.Add([1, 0], []);
        moments.Add([0, 1], []);
        Assert.Equal([(sbyte)127, (sbyte)-127], CompensatedRounding.Round([100f, -100f], (_, _) => 0.01, moments));
    }

    [Fact]
    public void Round_LongRowWithoutMoments_IsNearestCodeWithoutAMatrixOfMoments()
    {
        // 50,000 x 50,000 moments would not even be an array.
        float[] row = [.. Enumerable.Range(0, 50_000).Select(static i => i % 200 - 100f)];
        Assert.Equal(row.Select(static weight => (sbyte)weight), RoundedRows.Round(new WeightBlock("row", 1, row, [], null), new RowScales([1], [0]), new RoundingCache()).Codes);
    }

    [Fact]
    public void Round_RaggedWeights_Throws() =>
        Assert.Throws<ArgumentException>(() => CompensatedRounding.Round(new float[5], (_, _) => 1, new SecondMoments(2)));

    [Fact]
    public void SecondMoments_KnownVectors_GivesMeansAndProducts()
    {
        var moments = new SecondMoments(2);
        moments.Add([1], [2]);
        moments.Add([3], [-4]);
        Assert.Equal(2, moments.Mean(0));
        Assert.Equal(-1, moments.Mean(1));
        Assert.Equal(5, moments.Product(0, 0));
        Assert.Equal(-5, moments.Product(0, 1));
        Assert.Equal(-5, moments.Product(1, 0));
        Assert.Throws<ArgumentException>(() => moments.Add([1], []));
    }

    private static float[] Weights(int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, Rows * Columns).Select(_ => (float)(random.NextDouble() * 4 - 2))];
    }

    private static float[][] CorrelatedInputs(int count)
    {
        var random = new Random(7);
        return [.. Enumerable.Range(0, count).Select(_ =>
        {
            double a = random.NextDouble() - 0.5, b = random.NextDouble() - 0.5;
            return Enumerable.Range(0, Columns).Select(i => (float)(a * Math.Sin(i) + b * Math.Cos(0.5 * i) + 0.05 * (random.NextDouble() - 0.5))).ToArray();
        })];
    }

    private static double SumError(float[] weights, sbyte[] codes, float[][] inputs)
    {
        double total = 0;
        foreach (float[] v in inputs)
        {
            for (int r = 0; r < Rows; r++)
            {
                double difference = 0;
                for (int c = 0; c < Columns; c++)
                    difference += (codes[r * Columns + c] * Scale - weights[r * Columns + c]) * v[c];
                total += difference * difference;
            }
        }
        return Math.Sqrt(total / (inputs.Length * Rows));
    }
}
