using Latch.Agent.Loop;
using Latch.Agent.Service;

namespace Latch.Agent.Tests;

public sealed class FaultLogTests
{
    [Fact]
    public void Report_FaultComesAndGoes_IsToldAtMostEveryTenSeconds()
    {
        ManualTime time = new();
        StringWriter lines = new();
        using Log log = new(lines);
        FaultLog faults = new(log, time);
        Assert.Null(faults.Last);
        Cycle(faults, "b");
        time.Advance(TimeSpan.FromSeconds(9));
        Cycle(faults, "c"); // silent, and so is its end
        Assert.Equal("reading missing: c", faults.Last);
        faults.Report(FaultKind.Timeout, began: true, ""); // another kind
        time.Advance(TimeSpan.FromSeconds(1));
        Cycle(faults, "a");
        log.Dispose();
        Assert.Equal(
            ["<4>sensors: reading missing: b", "<5>sensors: reading missing: over.", "<4>sensors: no new sample", "<4>sensors: reading missing: a", "<5>sensors: reading missing: over."],
            lines.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }

    private static void Cycle(FaultLog faults, string detail)
    {
        faults.Report(FaultKind.Missing, began: true, detail);
        faults.Report(FaultKind.Missing, began: false, detail);
    }
}
