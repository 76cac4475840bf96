using Latch.Import.Graph;
using Latch.Import.Reference;
using Latch.Quantize.Calibration;
using Latch.Quantize.Tests.Models;
using Latch.Runtime;

namespace Latch.Quantize.Tests;

/// <summary>Weights of convolutions are rounded for what their windows see.</summary>
public sealed class ConvolutionRoundingTests
{
    private const int Channels = 2, Filters = 8, Taps = 16, Length = 40;

    [Fact]
    public void OnWindow_Convolution_GivesTheMomentsOfItsWindows()
    {
        var builder = new NetworkBuilder(1, 1);
        string x = builder.Input("x", 1, 1, 4);
        builder.Output(builder.Add(new ConvNode("conv", x, "y", builder.Weights(1, 1, 1, 2), null, new WindowGeometry([1], [1], [1], [0]), 1), 1, 1, 4));
        FloatReference reference = new(builder.Build());
        var recorder = new CalibrationRecorder(reference, []);

        reference.Run([1, 2, 3, 4], recorder);

        // Windows (0,1), (1,2), (2,3), (3,4).
        SecondMoments moments = recorder.Moments("conv")!;
        Assert.Equal((4L, 1.5, 2.5), (moments.Count, moments.Mean(0), moments.Mean(1)));
        Assert.Equal((14 / 4.0, 20 / 4.0, 30 / 4.0), (moments.Product(0, 0), moments.Product(0, 1), moments.Product(1, 1)));
    }

    [Theory]
    [InlineData(16)]
    [InlineData(33)]
    public void OnWindow_Plane_MeetsAllTapsAlike(int side)
    {
        var builder = new NetworkBuilder(1, 1);
        string x = builder.Input("x", 1, 1, side, side);
        builder.Output(builder.Add(new ConvNode("conv", x, "y", builder.Weights(1, 1, 1, 3, 3), null, new WindowGeometry([1, 1], [1, 1], [1, 1], [1, 1]), 1), 1, 1, side, side));
        FloatReference reference = new(builder.Build());
        var recorder = new CalibrationRecorder(reference, []);
        float[] ones = [.. Enumerable.Repeat(1f, side * side)];

        for (int run = 0; run < 100; run++)
            reference.Run(ones, recorder);

        // A tap at the rim of the window sees a one in (side - 1) / side of the windows.
        SecondMoments moments = recorder.Moments("conv")!;
        Assert.InRange(moments.Count, 700, 1700);
        for (int tap = 0; tap < 9; tap++)
        {
            double rows = tap / 3 == 1 ? 1 : (side - 1.0) / side, columns = tap % 3 == 1 ? 1 : (side - 1.0) / side;
            Assert.Equal(rows * columns, moments.Mean(tap), 0.03);
        }
    }

    [Fact]
    public void Quantize_ConvolutionOfASlowSignal_ErrsLessThanNearestCodes()
    {
        FloatModel model = Network(static weights => weights);
        IReadOnlyList<float[]> windows = Slow(1, 200);
        var options = new QuantizeOptions { Activations = ActivationWidth.Int16 };
        using LatchModel integer = LatchModel.Create(Quantizer.Quantize(model, CalibrationData.FromWindows(windows), options).Definition);

        // The same network in float with every weight at the nearest code of its row.
        double nearest = Error(new FloatReference(Network(Nearest)), model), compensated = Error(integer.CreateSession(), model);

        Assert.InRange(compensated, 0, 0.5 * nearest);
    }

    private static double Error(FloatReference rounded, FloatModel model) => Error(model, window => rounded.Run(window).ToArray());

    private static double Error(Session session, FloatModel model) => Error(model, window =>
    {
        float[] result = new float[Filters * Length];
        session.Reset();
        session.Step(window, result);
        return result;
    });

    private static double Error(FloatModel model, Func<float[], float[]> run)
    {
        FloatReference exact = new(model);
        return Slow(2, 50).Sum(window => exact.Run(window).ToArray().Zip(run(window), static (a, b) => Math.Pow(a - b, 2)).Sum());
    }

    private static FloatModel Network(Func<float[], float[]> round)
    {
        var builder = new NetworkBuilder(3, 1);
        string x = builder.Input("x", 1, Channels, Length);
        FloatTensor weights = builder.Weights(0.3, Filters, Channels, Taps);
        builder.Output(builder.Add(new ConvNode("conv", x, "y", new FloatTensor(weights.Shape, round(weights.Data)), null, new WindowGeometry([1], [1], [Taps - 1], [0]), 1), 1, Filters, Length));
        return builder.Build();
    }

    private static float[] Nearest(float[] weights) => [.. weights.Chunk(Channels * Taps).SelectMany(static row =>
    {
        float scale = row.Max(Math.Abs) / 127;
        return row.Select(weight => MathF.Round(weight / scale) * scale);
    })];

    // Both channels move slowly: neighbours of a window are nearly equal.
    private static IReadOnlyList<float[]> Slow(int seed, int count)
    {
        Random random = new(seed);
        return [.. Enumerable.Range(0, count).Select(_ =>
        {
            double phase = 6 * random.NextDouble(), speed = 0.02 + (0.1 * random.NextDouble());
            return Enumerable.Range(0, Channels * Length).Select(i => (float)(Math.Sin(phase + (i / Length) + (speed * (i % Length))) + (0.01 * random.NextDouble()))).ToArray();
        })];
    }
}
