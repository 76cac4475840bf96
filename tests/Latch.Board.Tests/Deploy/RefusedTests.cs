namespace Latch.Board.Tests.Deploy;

/// <summary>What must not stay on a board goes back by itself: exit code 1 and the reason.</summary>
[Collection(DeployCollection.Name)]
public sealed class RefusedTests(DeployedBoard deployed)
{
    [Fact]
    public void Deploy_OtherGoldenVectors_IsRolledBack() => AssertRolledBack("golden vectors do not give the same integers here", static packages =>
    {
        byte[] golden = File.ReadAllBytes(Path.Combine(packages, "bundle", "golden.bin"));
        golden[^1] ^= 1;
        DamagedPackage.Replace(packages, "golden.bin", golden);
    });

    [Fact(Explicit = true)]
    public void Deploy_StepsTakeLongerThanAllowed_IsRolledBack() =>
        AssertRolledBack("more than the 1 us allowed", static packages => DamagedPackage.Replace(packages, "limits.json", "{\n  \"stepMicroseconds\": 1,\n  \"memoryMiB\": 48\n}\n"u8.ToArray()));

    [Fact(Explicit = true)]
    public void Deploy_MoreMemoryThanAllowed_IsRolledBack() =>
        AssertRolledBack("more than the 2 MiB allowed", static packages => DamagedPackage.Replace(packages, "limits.json", "{\n  \"stepMicroseconds\": 50000,\n  \"memoryMiB\": 2\n}\n"u8.ToArray()));

    [Fact]
    public void Deploy_TamperedModel_IsRolledBack() => AssertRolledBack("model.latch", static packages => DamagedPackage.Flip(packages, "model.latch"));

    [Fact]
    public void Deploy_WithoutSignature_IsRolledBack() => AssertRolledBack("not signed", DamagedPackage.RemoveSignature);

    [Fact(Explicit = true)]
    public void Deploy_AlarmStorm_IsRolledBack() =>
        // The profile was learnt on another machine: for this board nearly every step is an alarm.
        AssertRolledBack("alarm storm", static _ => { }, "--profile", AgentBuild.Profile);

    [Fact]
    public void Deploy_OlderModel_IsRefused()
    {
        _ = deployed.Board;
        deployed.Deploy(deployed.Build()).Succeeded();
        string before = deployed.Current;
        ProcessRun run = deployed.Deploy(deployed.BuildVersion(deployed.Version - 1));
        Assert.Equal(1, run.Code);
        Assert.Contains($"the model has version {deployed.Version - 1}, older than the installed host {deployed.Version}", run.Out, StringComparison.Ordinal);
        AssertAsBefore(before);
    }

    [Fact(Explicit = true)]
    public void Deploy_AgentThatDoesNotStart_IsRolledBackAfterThreeStarts()
    {
        _ = deployed.Board;
        string before = deployed.Current, agent = Path.Combine(AgentBuild.Folder, "ends-at-once");
        File.WriteAllText(agent, "#!/bin/sh\n# The health gate waits, as that of a real agent does.\n[ \"$1\" != health ] || sleep 60\nexit 1\n");
        ProcessRun run = deployed.Deploy(deployed.Build("--agent", agent));
        Assert.Equal(1, run.Code);
        Assert.Contains("The agent did not come up in 3 starts", run.Out, StringComparison.Ordinal);
        AssertAsBefore(before);
        // The package of the agent that works comes back with the next deployment.
        deployed.Deploy(deployed.Build()).Succeeded();
    }

    private void AssertRolledBack(string reason, Action<string> damage, params string[] options)
    {
        _ = deployed.Board;
        string before = deployed.Current, packages = deployed.Build(options);
        damage(packages);
        ProcessRun run = deployed.Deploy(packages);
        Assert.True(run.Code == 1, $"{run.Code}: {run.Error}{run.Out}");
        Assert.Contains($"ROLLED BACK: slot {before}", run.Out, StringComparison.Ordinal);
        Assert.Contains(reason, run.Out, StringComparison.Ordinal);
        TestContext.Current.TestOutputHelper?.WriteLine(run.Out);
        AssertAsBefore(before);
    }

    private void AssertAsBefore(string slot)
    {
        deployed.WaitUntilHealthy();
        Assert.Equal(slot, deployed.Current);
    }
}
