using Latch.Sensors.Faults;

namespace Latch.Sensors.Tests;

public sealed class FaultTests : IDisposable
{
    private readonly string _plan = Path.GetTempFileName();

    public void Dispose() => File.Delete(_plan);

    [Theory]
    [InlineData(SensorFaultKind.Stuck, new float[] { 1, 2, 2, 2, 5, 6 })]
    [InlineData(SensorFaultKind.Zero, new float[] { 1, 2, 0, 0, 5, 6 })]
    [InlineData(SensorFaultKind.Missing, new[] { 1, 2, float.NaN, float.NaN, 5, 6 })]
    [InlineData(SensorFaultKind.Drift, new float[] { 1, 2, 3, 9, 5, 6 })]
    public void TryRead_FaultFromSecondTwoToFour_ChangesThoseReadingsOnly(SensorFaultKind kind, float[] expected)
    {
        SensorFault fault = new(TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(4), kind, "a", 10);
        using FaultySource source = new(new CountingSource(6), [fault]);
        float[] sample = new float[3];
        List<float> a = [];
        while (source.TryRead(sample, out _))
        {
            a.Add(sample[0]);
            Assert.Equal(10f * a.Count, sample[1]);
        }

        Assert.Equal(expected, a);
    }

    [Fact]
    public void Constructor_UnknownChannel_NamesIt() =>
        Assert.Contains("'z'", Assert.Throws<ArgumentException>(() =>
            new FaultySource(new CountingSource(1), [new(default, TimeSpan.FromSeconds(1), SensorFaultKind.Zero, "z", 0)])).Message, StringComparison.Ordinal);

    [Fact]
    public void Load_Plan_GivesItsFaults()
    {
        File.WriteAllText(_plan, "start,end,kind,target,amount\n# a comment\n10,70.5,stuck,mem.used,\n80,90,drift,b,-2.5\n");
        Assert.Equal(
            [new(TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(70.5), SensorFaultKind.Stuck, "mem.used", 0),
             new SensorFault(TimeSpan.FromSeconds(80), TimeSpan.FromSeconds(90), SensorFaultKind.Drift, "b", -2.5f)],
            FaultPlan.Load(_plan));
    }

    [Theory]
    [InlineData("a,b\n", 1, "header")]
    [InlineData("start,end,kind,target,amount\n1,2,stuck,a\n", 2, "4 fields")]
    [InlineData("start,end,kind,target,amount\n5,5,stuck,a,\n", 2, "later")]
    [InlineData("start,end,kind,target,amount\n1,2,leak,a,\n", 2, "'leak'")]
    [InlineData("start,end,kind,target,amount\n1,2,2,a,\n", 2, "'2'")]
    [InlineData("start,end,kind,target,amount\n1,2,drift,a,\n", 2, "number")]
    public void Load_BrokenPlan_NamesLineAndReason(string text, int line, string reason)
    {
        File.WriteAllText(_plan, text);
        SensorFileException error = Assert.Throws<SensorFileException>(() => FaultPlan.Load(_plan));
        Assert.Equal(line, error.Line);
        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
    }
}
