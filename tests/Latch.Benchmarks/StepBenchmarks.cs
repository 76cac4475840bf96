using BenchmarkDotNet.Attributes;
using BenchmarkDotNet.Order;
using Latch.Benchmarks.Contenders;
using Latch.Benchmarks.Models;
using Latch.Import.Graph;

namespace Latch.Benchmarks;

/// <summary>One layer, by cell and size: a step in real numbers, a step in codes, and 100 steps in one call. LATCH_KERNEL forces a kernel.</summary>
[MemoryDiagnoser]
[Orderer(SummaryOrderPolicy.Declared)]
public class StepBenchmarks
{
    private LatchStep _step = null!;
    private LatchSequence _sequence = null!;

    /// <summary>The cell.</summary>
    [Params(CellKind.Lstm, CellKind.Gru)]
    public CellKind Cell { get; set; }

    /// <summary>Inputs x units.</summary>
    [ParamsSource(nameof(Sizes))]
    public LayerSize Size { get; set; }

    /// <summary>The sizes of the tables.</summary>
    public static IEnumerable<LayerSize> Sizes => LayerSize.All;

    /// <summary>Makes the models.</summary>
    [GlobalSetup]
    public void Prepare()
    {
        RandomLayer layer = new(Cell, Size, 1);
        float[] samples = RandomLayer.Samples(RmsError.Steps * Size.Inputs, 1);
        _step = new LatchStep(LatchModels.Streaming(layer, LatchModels.AllInt8), null, samples);
        _sequence = new LatchSequence(LatchModels.Window(layer, RmsError.Steps, LatchModels.AllInt8), null, samples);
    }

    /// <summary>One step, real numbers in and out.</summary>
    [Benchmark]
    public void FloatStep() => _step.RunFloat(1);

    /// <summary>One step, codes in and out.</summary>
    [Benchmark]
    public void Int8Step() => _step.RunCodes(1);

    /// <summary>A window of 100 steps, time per step.</summary>
    [Benchmark(OperationsPerInvoke = RmsError.Steps)]
    public void HundredSteps() => _sequence.Run(1);
}
