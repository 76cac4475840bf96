using Latch.Benchmarks.Models;
using Latch.Benchmarks.Timing;
using Latch.Model;
using Latch.Quantize;
using CellKind = Latch.Import.Graph.CellKind;

namespace Latch.Benchmarks.Contenders;

/// <summary>What is compared.</summary>
internal static class Group
{
    public const string LatchFloat = "Latch, streaming, float in and out";
    public const string LatchInt8 = "Latch, streaming, int8 in and out";
    public const string LatchDefault = "Latch, streaming, float in and out, default options";
    public const string LatchSequence = "Latch, 100 steps in one call";
    public const string OrtFloat = "ONNX Runtime float, streaming";
    public const string OrtInt8 = "ONNX Runtime int8, streaming";
    public const string OrtFloatSequence = "ONNX Runtime float, 100 steps in one call";
    public const string OrtInt8Sequence = "ONNX Runtime int8, 100 steps in one call";
    public const string WeightRead = "bound: the weights read once";

    /// <summary>Every group, in the order of the tables.</summary>
    public static IReadOnlyList<string> All { get; } = [LatchFloat, LatchInt8, LatchDefault, LatchSequence, OrtFloat, OrtInt8, OrtFloatSequence, OrtInt8Sequence, WeightRead];
}

/// <summary>All contenders of one layer, timed in one interleaved run.</summary>
internal sealed class LayerComparison
{
    private const int StreamSamples = 16;
    private const int SamplesSeed = 8001;

    private LayerComparison(CellKind cell, LayerSize size, string kernel, LayerErrors errors, (Measurement[] Measurements, double ProcessorShare) run)
    {
        (Cell, Size, Kernel, Errors, ProcessorShare) = (cell, size, kernel, errors, run.ProcessorShare);
        Fastest = run.Measurements.GroupBy(static measurement => measurement.Contender.Group)
            .ToDictionary(static group => group.Key, static group => group.MinBy(static measurement => measurement.Median)!);
    }

    /// <summary>The cell.</summary>
    public CellKind Cell { get; }

    /// <summary>The width.</summary>
    public LayerSize Size { get; }

    /// <summary>Latch's kernel.</summary>
    public string Kernel { get; }

    /// <summary>Errors of the hidden state against float.</summary>
    public LayerErrors Errors { get; }

    /// <summary>Share of the elapsed time in which the process had a processor.</summary>
    public double ProcessorShare { get; }

    /// <summary>The fastest contender of each <see cref="Group"/>; a GRU has no int8 one of ONNX Runtime.</summary>
    public IReadOnlyDictionary<string, Measurement> Fastest { get; }

    /// <summary>Makes the models and times them.</summary>
    public static LayerComparison Measure(RandomLayer layer, string? kernel, int rounds)
    {
        float[] stream = RandomLayer.Samples(StreamSamples * layer.Size.Inputs, SamplesSeed);
        float[] sequence = RandomLayer.Samples(RmsError.Steps * layer.Size.Inputs, SamplesSeed);
        ModelDefinition streaming = LatchModels.Streaming(layer, LatchModels.AllInt8);
        ModelDefinition byDefault = LatchModels.Streaming(layer, new QuantizeOptions());
        LatchStep step = new(streaming, kernel, stream), defaultStep = new(byDefault, kernel, stream);
        LatchSequence window = new(LatchModels.Window(layer, RmsError.Steps, LatchModels.AllInt8), kernel, sequence);
        using WeightRead read = new(layer.Size.WeightBytes(layer.Cell));
        using OrtLayer peers = new(layer, stream, sequence);
        Contender[] contenders =
        [
            new(Group.LatchFloat, "", 1, step.RunFloat),
            new(Group.LatchInt8, "", 1, step.RunCodes),
            new(Group.LatchDefault, "", 1, defaultStep.RunFloat),
            window.Contender(Group.LatchSequence),
            .. peers.Contenders(),
            .. read.Contenders(Group.WeightRead),
        ];
        LayerErrors errors = new RmsError(layer).OfLatch(streaming, byDefault, kernel);
        return new LayerComparison(layer.Cell, layer.Size, step.Kernel, errors, InterleavedRun.Measure(contenders, rounds));
    }
}
