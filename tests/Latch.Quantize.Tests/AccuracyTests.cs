using Latch.Accuracy;
using Latch.Accuracy.Streams;
using Latch.Runtime;

namespace Latch.Quantize.Tests;

/// <summary>The table of models that others trained: integer figures within their bars, calibrated on training data alone.</summary>
public sealed class AccuracyTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Run_TrainedModel_MeetsItsBars(int index)
    {
        foreach (string need in AccuracyCases.Needs)
            SharedData.Require(need);
        AccuracyRow row = AccuracyCases.All(SharedData.Root).ElementAt(index).Run();
        Assert.Equal(row.Case.Published, row.Float, row.Case.PublishedTolerance);
        Assert.InRange(Math.Abs(row.Integer - row.Float), 0, row.Case.Bar);
        Assert.InRange(row.LargestChange, 0, row.Case.ChangeBar);
        Assert.InRange(row.SizeRatio, 0, AccuracyRow.SizeBar);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Run_PrecisionByMeasuring_LosesHalfOfWhatIsAllowed(int index)
    {
        foreach (string need in AccuracyCases.Needs)
            SharedData.Require(need);
        AccuracyCase given = AccuracyCases.All(SharedData.Root).ElementAt(index);
        AccuracyRow row = given.Halved().Run(new QuantizeOptions { Activations = ActivationWidth.Auto });
        Assert.InRange(Math.Abs(row.Integer - row.Float), 0, given.Bar / 2);
        Assert.InRange(row.LargestChange, 0, given.ChangeBar / 2);
        Assert.InRange(row.SizeRatio, 0, AccuracyRow.SizeBar);
        Assert.NotEmpty(row.Result.Definition.Provenance.Reasons!);
    }

    public static TheoryData<string, ActivationWidth> Streams()
    {
        var data = new TheoryData<string, ActivationWidth>();
        foreach (string name in StreamCases.All.Keys)
        {
            data.Add(name, ActivationWidth.Int8);
            data.Add(name, ActivationWidth.Auto);
        }
        return data;
    }

    [Theory]
    [MemberData(nameof(Streams))]
    public void Run_ModelThatHandsStatesOn_StaysNearFloatOverLongStreams(string name, ActivationWidth width)
    {
        foreach (string need in StreamCases.Needs)
            SharedData.Require(need);
        StreamRow row = StreamCases.All[name](SharedData.Root).Run(new QuantizeOptions { Activations = width });
        Assert.NotEmpty(row.Figures);
        Assert.All(row.Figures, static figure => Assert.True(figure.IsMet, $"{figure.Name}: {figure.Value}, the bar is {figure.Bar}"));
    }

    [Fact]
    public void Run_WindowsOfFixedLength_StepToTheSameIntegers()
    {
        // aircraft-pm's file fixes 30 steps; its graph is causal.
        foreach (string need in AccuracyCases.Needs)
            SharedData.Require(need);
        AccuracyCase aircraft = AccuracyCases.All(SharedData.Root).ElementAt(2);
        using LatchModel model = LatchModel.Create(aircraft.Quantize().Definition);
        Assert.Null(model.NotStreamableReason);
        Session window = model.CreateSession(), stream = model.CreateSession();
        float[] whole = new float[model.WindowOutputSize], single = new float[model.OutputSize];
        foreach (float[] rows in aircraft.Evaluation.Take(200))
        {
            window.Run(rows, aircraft.Steps, whole);
            stream.Reset();
            for (int step = 0; step < aircraft.Steps; step++)
                stream.Step(rows.AsSpan(step * aircraft.Channels, aircraft.Channels), single);
            Assert.Equal(whole, single);
        }
    }
}
