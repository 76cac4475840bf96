using Latch.Model;
using Latch.Runtime.Tests.Reference;

namespace Latch.Telemetry.Tests.Statistics;

public sealed class MemoryTests
{
    [Theory]
    [InlineData(CellKind.Lstm, 1)]
    [InlineData(CellKind.Lstm, 582)]
    [InlineData(CellKind.Gru, 1 << 23)]
    public void Memory_ConstantKeep_IsItsEFoldTime(CellKind kind, int below)
    {
        Fed fed = new Fed(kind, 17, sampleRateHz: 100).Gate(kind == CellKind.Lstm ? 2 : 0, Fed.One - below);
        fed.Add(5000);
        double expected = -1 / double.LogP1(-below / 16777216.0);
        LayerSnapshot layer = fed.Snapshot();
        Assert.All(layer.UnitMemory.Append(layer.Memory!.Value), memory => Assert.Equal(1, memory.EFoldSteps / expected, 1e-9));
        Assert.Equal(expected * Math.Log(2) / 100, layer.Memory.Value.HalfLifeSeconds!.Value, 1e-6 * expected);
    }

    [Fact]
    public void Memory_ClosedOnce_CountsHalfAUnit()
    {
        Fed fed = new Fed(CellKind.Lstm, 2).Gate(2, Fed.One);
        fed.Add(99);
        fed.Gate(2)[1] = 0;
        fed.Add();
        IReadOnlyList<MemoryTime> memory = fed.Snapshot().UnitMemory;
        Assert.Equal(double.PositiveInfinity, memory[0].EFoldSteps);
        Assert.Equal(100 / (25 * Math.Log(2)), memory[1].EFoldSteps, 1e-9);
    }

    [Fact]
    public void Memory_AlwaysClosed_DoesNotUnderflow()
    {
        Fed fed = new(CellKind.Lstm, 1);
        fed.Add(100_000);
        Assert.Equal(1 / (25 * Math.Log(2)), fed.Snapshot().Memory!.Value.EFoldSteps, 1e-12);
    }

    [Theory]
    [InlineData(CellKind.Lstm, 0.5, 11)]
    [InlineData(CellKind.Gru, 0.9, 66)]
    [InlineData(CellKind.Lstm, 0.99, 690)]
    public void WarmUp_ConstantKeep_IsTheStepAtWhichItsPowerFallsBelowTheRest(CellKind kind, double keep, int expected)
    {
        // The first n with f^n < 2^-10.
        Assert.True(Math.Pow(keep, expected) < 1.0 / 1024 && Math.Pow(keep, expected - 1) >= 1.0 / 1024);
        Fed fed = new Fed(kind, 21, sampleRateHz: 10).Gate(kind == CellKind.Lstm ? 2 : 0, (int)(keep * Fed.One));
        fed.Add(expected - 1);
        Assert.Null(fed.Snapshot().WarmUpSteps);
        fed.Add();
        Assert.Equal(expected, fed.Snapshot().WarmUpSteps);
        fed.Add(100);
        Assert.Equal(expected, fed.Snapshot().WarmUpSteps);
        Assert.Equal(expected / 10.0, fed.Snapshot().WarmUpSeconds!.Value, 1e-12);
        fed.Step = 0;
        fed.Add();
        Assert.Null(fed.Snapshot().WarmUpSteps);
        fed.Add(expected);
        Assert.Equal(expected, fed.Snapshot().WarmUpSteps);
    }

    [Theory]
    [InlineData(1, true)]
    [InlineData(2, false)]
    public void WarmUp_FewUnitsThatKeep_DoNotCount(int keeping, bool reached)
    {
        // 95 % of 20 units are 19.
        Fed fed = new Fed(CellKind.Lstm, 20).Gate(2, Fed.One / 2);
        fed.Gate(2)[..keeping].Fill(Fed.One);
        fed.Add(200);
        Assert.Equal(reached ? 11 : null, fed.Snapshot().WarmUpSteps);
    }

    [Fact]
    public void WarmUp_SampledEveryFifth_CountsTheStepsBetween()
    {
        Fed fed = new Fed(CellKind.Lstm, 3, new StatisticsOptions { Every = 5 }).Gate(2, (int)(0.9 * Fed.One));
        fed.Add(100);
        // 66 steps, which are seen at the 14th watched one.
        Assert.Equal(70, fed.Snapshot().WarmUpSteps);
    }

    [Fact]
    public void Figures_Rnn_HasNoMemory()
    {
        Fed fed = new(CellKind.Rnn, 3);
        fed.Add(10);
        LayerSnapshot layer = fed.Snapshot();
        Assert.Null(layer.Memory);
        Assert.Null(layer.MemoryLimit);
        Assert.Null(layer.WarmUpSteps);
        Assert.Empty(layer.UnitMemory);
        Assert.Empty(layer.CellSlope);
    }

    [Fact]
    public void Limit_OfTheGate_IsItsLastStepBelowOne()
    {
        MemoryLimit limit = new Fed(CellKind.Gru, 1, sampleRateHz: 100).Snapshot().MemoryLimit!;
        Assert.Equal(Math.Log(2) / -Math.Log(1 - Math.ScaleB(1, -24)), limit.Gate.HalfLifeSteps, 1e-3);
        Assert.Equal(limit.Gate.HalfLifeSteps, limit.Nearest.HalfLifeSteps);
        Assert.Equal(116_291, limit.Gate.HalfLifeSeconds!.Value, 1.0);
    }

    [Theory]
    [InlineData(18, 4.0)]
    [InlineData(18, 0.5)]
    [InlineData(20, 1.0)]
    public void Limit_OfTheCell_IsTheSlowestDecayThatReachesHalf(int fractionBits, double range)
    {
        RecurrentLayer layer = new Fed(CellKind.Lstm, 1).Definition with { CellFractionBits = fractionBits, CellRange = range };
        MemoryLimit limit = MemoryLimit.Of(layer, 0)!;
        double keep = Math.Exp(-1 / limit.State!.Value.EFoldSteps);
        int slowest = (int)Math.Round((1 - keep) * Fed.One);
        Assert.Equal(limit.State, limit.Nearest);
        Assert.True(ReachesHalf((int)(range * Math.ScaleB(1, fractionBits)), Fed.One - slowest));
        Assert.False(ReachesHalf((int)(range * Math.ScaleB(1, fractionBits)), Fed.One - slowest + 1));
    }

    [Fact]
    public void Limit_WithoutACalibratedRange_IsTheGateAlone()
    {
        MemoryLimit limit = MemoryLimit.Of(new Fed(CellKind.Lstm, 1).Definition with { CellRange = 0 }, 0)!;
        Assert.Null(limit.State);
        Assert.Equal(limit.Gate, limit.Nearest);
    }

    /// <summary>c' = (f c + 2^23) >> 24 of NUMERICS.md section 5, from the range until it stands still.</summary>
    private static bool ReachesHalf(int start, long keep)
    {
        long cell = start;
        while (cell > start / 2)
        {
            long next = ((keep * cell) + (Fed.One / 2)) >> 24;
            if (next == cell)
                return false;
            cell = next;
        }
        return true;
    }
}
