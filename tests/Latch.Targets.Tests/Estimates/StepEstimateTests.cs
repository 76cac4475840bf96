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
        string section = Results.Split("\n## ").Single(part => part.Contains($": {macs} multiply-accumulates", StringComparison.Ordinal));
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

    [Fact]
    public void Of_InputOf16Bits_CountsItsProductsTwice()
    {
        ModelDefinition narrow = ModelReader.Read(Path.Combine(SharedData.Repository, "samples", "gates", "gates-lstm.latch"));
        RecurrentLayer layer = Assert.Single(narrow.Layers);
        ModelDefinition wide = narrow with { Layers = [layer with { Input = new Quantization(ElementType.Int16, 1, 0) }] };
        TargetProfile profile = TargetCatalog.Load().Find("pi-4");
        StepEstimate before = StepEstimate.Of(narrow, 40_000, profile)!, after = StepEstimate.Of(wide, 40_000, profile)!;
        Assert.Equal(before.Macs, after.Macs);
        Assert.Equal(0.1251 * 4 * layer.HiddenSize * layer.InputSize, after.Cycles - before.Cycles, 6);
    }

    /// <summary>The layer with an input of 16 bits is estimated within a tenth of the table's whole step.</summary>
    [Theory]
    [InlineData("cortex-a53", "Cortex-A53")]
    [InlineData("cortex-a55", "Cortex-A55")]
    [InlineData("cortex-a72", "Cortex-A72")]
    [InlineData("cortex-a76", "Cortex-A76")]
    public void Costs_InputOf16Bits_AreNearTheWholeStepOfTheTable(string id, string name)
    {
        CoreCosts core = CoreCosts.Find(id)!;
        string section = Results.Split("\n## ").Single(part => part.Contains(": 131072 multiply-accumulates", StringComparison.Ordinal));
        double whole = Number(section.Split('\n').Single(line => line.StartsWith($"| {name} ", StringComparison.Ordinal)).Split('|', StringSplitOptions.TrimEntries)[6]);
        Assert.InRange((131072 * core.LstmMac) + (128 * core.LstmUnit), 0.9 * whole, 1.1 * whole);
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
