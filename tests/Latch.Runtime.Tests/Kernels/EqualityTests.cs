using Latch.Model;
using Latch.Runtime.Equality;

namespace Latch.Runtime.Tests.Kernels;

/// <summary>Every kernel against "scalar" through whole models, and that the checks would see a difference.</summary>
public sealed class EqualityTests
{
    public static TheoryData<string> Checks => [.. EqualitySuite.Checks.Select(static check => check.Name)];

    [Theory]
    [MemberData(nameof(Checks))]
    public void Execute_EveryKernel_EqualsScalar(string name)
    {
        using var run = new EqualityRun(quick: false);
        run.Execute(EqualitySuite.Checks.Single(check => check.Name == name));
        TestContext.Current.TestOutputHelper?.WriteLine($"{string.Join(' ', run.Kernels)}: {run.Models} models, {run.Comparisons} comparisons of {run.Integers} integers");
        Assert.Empty(run.Differences);
        Assert.True(run.Models > 0 && run.Comparisons >= run.Models * run.Kernels.Count);
    }

    [Fact]
    public void Lengths_OfBothRuns_CoverWhatTheyPromise()
    {
        using EqualityRun full = new(quick: false), quick = new(quick: true);
        Assert.Equal(Enumerable.Range(1, 300), full.Lengths);
        Assert.Equal(64, quick.Lengths.Select(static length => length % 64).Distinct().Count());
        Assert.Empty(((int[])[63, 64, 65, 127, 128, 129, 191, 192, 193, 255, 256, 257, 300]).Except(quick.Lengths));
    }

    [Fact]
    public void AvailableKernels_AnyProcessor_AreTheCatalog()
    {
        Assert.Equal(Latch.Runtime.Kernels.KernelCatalog.Available.Select(static kernel => kernel.Name), LatchModel.AvailableKernels);
        Assert.Equal(EqualityRun.Scalar, LatchModel.AvailableKernels[^1]);
    }

    [Fact]
    public void Compare_OneIntegerDiffers_SaysWhere()
    {
        using var run = new EqualityRun(quick: true);
        run.Compare("vector128", "model", "step 3", [1, 2, 3], [1, 2, 3]);
        Assert.Empty(run.Differences);
        run.Compare("vector128", "model", "step 3", [1, 2, 3], [1, 5, 3]);
        Assert.Equal("vector128: model: step 3, integer 1: 5, not 2", Assert.Single(run.Differences));
        run.Compare("vector128", "model", "step 3", [1, 2], [1]);
        Assert.Equal(2, run.Differences.Count);
        Assert.Equal((3, 8), (run.Comparisons, run.Integers));
    }

    /// <summary>A kernel whose sum is off by one product in one centred row must be seen: here the model's weight is changed by one instead.</summary>
    [Theory]
    [InlineData(CellKind.Lstm, false, "W")]
    [InlineData(CellKind.Lstm, true, "W")]
    [InlineData(CellKind.Lstm, false, "R")]
    [InlineData(CellKind.Lstm, true, "R")]
    [InlineData(CellKind.Rnn, false, "W")]
    [InlineData(CellKind.Rnn, true, "R")]
    [InlineData(CellKind.Gru, false, "R")]
    public void Trace_OneWeightOfACentredRowChanged_Differs(CellKind kind, bool wide, string matrix)
    {
        using var run = new EqualityRun(quick: true);
        foreach (int length in new[] { 1, 16, 17, 129, 300 })
        {
            CellShape shape = new(kind, matrix == "W" ? length : 5, matrix == "R" ? length : 16) { Wide = wide, Seed = length, LinearBeforeReset = kind == CellKind.Gru };
            ModelDefinition definition = LayerModel.Create(shape);
            int[][] expected = ModelRunner.Trace(run, definition, EqualityRun.Scalar, new StepScript(shape));
            ConstantTensor weights = definition.Constants[matrix];
            var random = new Random(length);
            for (int trial = 0; trial < 20; trial++)
            {
                // What a GRU's candidate shows of its recurrent sum depends on the reset gate: its rows are left out.
                int row = random.Next(kind == CellKind.Gru ? 2 * shape.Units : weights.Shape[0]);
                if (RowScaling.Turn(row, shape.Seed) == CodePattern.Ends)
                    continue;
                ModelDefinition changed = Changed(definition, weights, (row * weights.Shape[1]) + random.Next(weights.Shape[1]));
                Assert.NotEqual(expected, ModelRunner.Trace(run, changed, EqualityRun.Scalar, new StepScript(shape)));
            }
        }
    }

    [Theory]
    [InlineData(22)]
    [InlineData(24)]
    public void Accumulation_Cells_ReachTheEndOfTheirFormat(int bits)
    {
        using var run = new EqualityRun(quick: true);
        CellShape shape = new(CellKind.Lstm, 9, 33) { CellFractionBits = bits, Profile = SumProfile.Saturating };
        var script = new StepScript(shape, freeSteps: 3 << (31 - bits), freePattern: 1);
        int[][] trace = ModelRunner.Trace(run, LayerModel.Create(shape), EqualityRun.Scalar, script, static session =>
        {
            session.Gates.Force(0, Gate.Forget, GateForce.Open);
            session.Gates.Force(0, Gate.Input, GateForce.Open);
        });
        ReadOnlySpan<int> last = trace[^1].AsSpan()[^shape.StateIntegers..].Slice(shape.Units, shape.Units);
        Assert.True(last.Contains(int.MaxValue) || last.Contains(-int.MaxValue));
    }

    private static ModelDefinition Changed(ModelDefinition definition, ConstantTensor weights, int place)
    {
        sbyte[] values = weights.Int8.ToArray();
        values[place] += (sbyte)(values[place] > 0 ? -1 : 1);
        var constants = new Dictionary<string, ConstantTensor>(definition.Constants) { [weights.Name] = ConstantTensor.Of(weights.Name, weights.Shape, values) };
        return definition with { Constants = constants };
    }
}
