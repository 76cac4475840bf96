using System.Globalization;
using System.Text.RegularExpressions;
using Latch.Model;
using Latch.Targets.Estimates;
using Latch.Targets.Profiles;

namespace Latch.Targets.Tests.Estimates;

public sealed partial class StepEstimateTests
{
    private static string Results => File.ReadAllText(Path.Combine(SharedData.Repository, "targets", "model", "results", "64x128.md"));

    /// <summary>For the two layers that the cycles are of, the formula gives back the whole steps of the table: within what rounding of its figures allows.</summary>
    [Theory]
    [InlineData("cortex-a53", "Cortex-A53", 98304)]
    [InlineData("cortex-a55", "Cortex-A55", 98304)]
    [InlineData("cortex-a72", "Cortex-A72", 98304)]
    [InlineData("cortex-a76", "Cortex-A76", 98304)]
    [InlineData("cortex-a53", "Cortex-A53", 73728)]
    [InlineData("cortex-a55", "Cortex-A55", 73728)]
    [InlineData("cortex-a72", "Cortex-A72", 73728)]
    [InlineData("cortex-a76", "Cortex-A76", 73728)]
    public void Costs_OfTheTable_GiveItsWholeSteps(string id, string name, int macs)
    {
        CoreCosts core = CoreCosts.Find(id)!;
        string section = Results.Split("\n## ").Single(part => part.Contains($": {macs} multiply-accumulates, estimated", StringComparison.Ordinal));
        string[] cells = section.Split('\n').Single(line => line.StartsWith($"| {name} ", StringComparison.Ordinal)).Split('|', StringSplitOptions.TrimEntries);
        double whole = Number(cells[6]), weights = Number(cells[8]);
        (double mac, double unit) = macs == 98304 ? (core.LstmMac, core.LstmUnit) : (core.GruMac, core.GruUnit);
        Assert.Equal(Number(cells[5]), mac);
        Assert.InRange((macs * mac) + (128 * unit), whole - 8, whole + 8);
        Assert.Equal(weights, macs / core.SecondCacheBytes);
        Assert.Equal(cells[3], core.Kernel);
    }

    [Fact]
    public void Of_Lstm_CountsEveryGateAndUnit()
    {
        ModelDefinition model = ModelReader.Read(Path.Combine(SharedData.Repository, "samples", "gates", "gates-lstm.latch"));
        RecurrentLayer[] layers = [.. model.Layers];
        long macs = layers.Sum(layer => 4L * layer.HiddenSize * (layer.InputSize + layer.HiddenSize));
        int dense = model.Step!.Operations.OfType<DenseOperation>().Sum(operation => model.Constants[operation.Weights].Shape.Aggregate(1, (product, size) => product * size));
        StepEstimate estimate = StepEstimate.Of(model, 40_000, TargetCatalog.Load().Find("pi-4"))!;
        Assert.Equal(macs + dense, estimate.Macs);
        Assert.InRange(estimate.Cycles, 0.1251 * estimate.Macs, (0.1251 * estimate.Macs) + (80 * layers.Sum(layer => layer.HiddenSize)));
        Assert.Equal(("second cache", 40_000 / 16.0), (estimate.WeightsFrom, estimate.WeightCycles));
        Assert.Equal((estimate.Cycles + 2500) / 1800, estimate.LongestMicroseconds, 9);
    }

    [Theory]
    [InlineData("input")]
    [InlineData("hidden")]
    [InlineData("dense")]
    public void Of_CodesOf16Bits_CountTheirProductsTwice(string place)
    {
        ModelDefinition narrow = ModelReader.Read(Path.Combine(SharedData.Repository, "samples", "gates", "gates-lstm.latch"));
        RecurrentLayer layer = Assert.Single(narrow.Layers);
        DenseOperation dense = Assert.Single(narrow.Step!.Operations.OfType<DenseOperation>());
        ActivationTensor read = narrow.Step.Tensors[dense.Input];
        Quantization wide = new(ElementType.Int16, 1, 0), byteCodes = new(ElementType.Int8, 1, 0);
        (ModelDefinition before, ModelDefinition after, long products) = place switch
        {
            "input" => (narrow, narrow with { Layers = [layer with { Input = wide }] }, 4L * layer.HiddenSize * layer.InputSize),
            "hidden" => (narrow, narrow with { Layers = [layer with { Hidden = wide }] }, 4L * layer.HiddenSize * layer.HiddenSize),
            _ => (With(dense.Input, byteCodes), With(dense.Input, wide), (long)read.Count * narrow.Step.Tensors[dense.Output].Count),
        };
        TargetProfile profile = TargetCatalog.Load().Find("pi-4");
        StepEstimate one = StepEstimate.Of(before, 40_000, profile)!, two = StepEstimate.Of(after, 40_000, profile)!;
        Assert.Equal(one.Macs, two.Macs);
        Assert.Equal(0.1251 * products, two.Cycles - one.Cycles, 6);

        ModelDefinition With(int tensor, Quantization codes) =>
            narrow with { Step = narrow.Step with { Tensors = [.. narrow.Step.Tensors.Select((value, index) => index == tensor ? value with { Quantization = codes } : value)] } };
    }

    /// <summary>The layer of the table with an input of 16 bits is estimated within a tenth of its whole step.</summary>
    [Theory]
    [InlineData("pi-3", "Cortex-A53")]
    [InlineData("pi-4", "Cortex-A72")]
    [InlineData("pi-5", "Cortex-A76")]
    public void Of_InputOf16Bits_IsNearTheWholeStepOfTheTable(string target, string name)
    {
        ModelDefinition gates = ModelReader.Read(Path.Combine(SharedData.Repository, "samples", "gates", "gates-lstm.latch"));
        RecurrentLayer layer = Assert.Single(gates.Layers) with { InputSize = 64, HiddenSize = 128, Input = new Quantization(ElementType.Int16, 1, 0) };
        Plan step = gates.Step! with { Operations = [Assert.Single(gates.Step!.Operations.OfType<RecurrentOperation>())] };
        string section = Results.Split("\n## ").Single(part => part.Contains(": 98304 multiply-accumulates, 131072 products of bytes,", StringComparison.Ordinal));
        double whole = Number(section.Split('\n').Single(line => line.StartsWith($"| {name} ", StringComparison.Ordinal)).Split('|', StringSplitOptions.TrimEntries)[6]);
        StepEstimate estimate = StepEstimate.Of(gates with { Layers = [layer], Step = step }, 40_000, TargetCatalog.Load().Find(target))!;
        Assert.Equal(98304, estimate.Macs);
        Assert.InRange(estimate.Cycles, 0.9 * whole, 1.1 * whole);
    }

    [Theory]
    [InlineData(32 * 1024, "first cache")]
    [InlineData(32 * 1024 + 1, "second cache")]
    [InlineData(1024 * 1024 + 1, "memory")]
    public void Place_Bytes_IsTheNearestThatHoldsThem(long bytes, string place) => Assert.Equal(place, StepEstimate.Place(TargetCatalog.Load().Find("pi-4"), bytes));

    [Fact]
    public void Place_BoardWithThirdCache_UsesIt() => Assert.Equal("third cache", StepEstimate.Place(TargetCatalog.Load().Find("pi-5"), 1024 * 1024));

    private static double Number(string cell) => double.Parse(Leading().Match(cell).Value, CultureInfo.InvariantCulture);

    [GeneratedRegex("^[0-9.]+")]
    private static partial Regex Leading();
}
