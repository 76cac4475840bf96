using System.Diagnostics;
using System.Text.Json;

namespace Latch.Cli.Tests.Boards;

/// <summary>Deployments to a real sshd; what a whole board does with them is tested on the emulated one (Latch.Board.Tests).</summary>
public sealed class DeployTests
{
    [Fact]
    public async Task Deploy_FirstAndSecondModel_AreConfirmed()
    {
        using SshRig rig = new();
        CommandRun first = await rig.Latch("deploy", "--target", "x64", "--packages", await rig.Build(1));
        Assert.True(first.Code == 0, first.Error + first.Out);
        Assert.Contains("connected to 127.0.0.1", first.Out, StringComparison.Ordinal);
        Assert.Contains("uploaded latch-agent_0.1.0_amd64.deb", first.Out, StringComparison.Ordinal);
        Assert.Contains("healthy and confirmed: slot 1 runs pump 1", first.Out, StringComparison.Ordinal);

        CommandRun second = await rig.Latch("deploy", "--target", "x64", "--packages", await rig.Build(2));
        Assert.True(second.Code == 0, second.Error + second.Out);
        Assert.Contains("the board has this agent already", second.Out, StringComparison.Ordinal);
        Assert.DoesNotContain("uploaded latch-agent_", second.Out, StringComparison.Ordinal);
        Assert.Contains("healthy and confirmed: slot 2 runs pump 2", second.Out, StringComparison.Ordinal);
        Assert.False(Directory.Exists(rig.At("home/.cache/latch")));
    }

    [Fact]
    public async Task Deploy_NewAgent_IsUploaded()
    {
        using SshRig rig = new();
        await rig.Latch("deploy", "--target", "x64", "--packages", await rig.Build(1));
        CommandRun run = await rig.Latch("deploy", "--target", "x64", "--packages", await rig.Build(2, agent: "2"));
        Assert.True(run.Code == 0, run.Error + run.Out);
        Assert.Contains("uploaded latch-agent_", run.Out, StringComparison.Ordinal);
        Assert.Contains("# agent 2", await File.ReadAllTextAsync(rig.At("var/lib/latch/current/latch-agent"), TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Deploy_SickModel_IsRolledBackAndTheNextOneWorks()
    {
        using SshRig rig = new();
        await rig.Latch("deploy", "--target", "x64", "--packages", await rig.Build(1));
        rig.Set("sick");
        CommandRun run = await rig.Latch("deploy", "--target", "x64", "--packages", await rig.Build(2));
        Assert.Equal(1, run.Code);
        Assert.Contains("ROLLED BACK: slot 1 runs pump 1 as before", run.Out, StringComparison.Ordinal);
        Assert.Contains("golden vectors differ", run.Out, StringComparison.Ordinal);
        Assert.Equal("1", rig.Current);
        rig.Unset("sick");
        CommandRun next = await rig.Latch("deploy", "--target", "x64", "--packages", await rig.Build(3));
        Assert.True(next.Code == 0, next.Error + next.Out);
        Assert.Contains("not configured to the end: latch-model-pump 2 half-configured", next.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Deploy_EngineRefusesSameVersion_IsNotConfirmedByTheOldResult()
    {
        using SshRig rig = new();
        await rig.Latch("deploy", "--target", "x64", "--packages", await rig.Build(1));
        rig.Set("full-slots");
        CommandRun run = await rig.Latch("deploy", "--target", "x64", "--packages", await rig.Build(1, agent: "2"));
        Assert.Equal(1, run.Code);
        Assert.Contains("REFUSED: slot 1 runs pump 1 as before", run.Out, StringComparison.Ordinal);
        Assert.DoesNotContain("healthy and confirmed", run.Out, StringComparison.Ordinal);
        Assert.Contains("KiB free", run.Out, StringComparison.Ordinal);
        Assert.Equal("1", rig.Current);
        rig.Unset("full-slots");
        CommandRun next = await rig.Latch("deploy", "--target", "x64", "--packages", await rig.Build(1, agent: "2"));
        Assert.True(next.Code == 0, next.Error + next.Out);
        Assert.Contains("# agent 2", await File.ReadAllTextAsync(rig.At("var/lib/latch/current/latch-agent"), TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Deploy_AgentTakenAndModelRefused_IsNotConfirmed()
    {
        using SshRig rig = new();
        await rig.Latch("deploy", "--target", "x64", "--packages", await rig.Build(1));
        rig.Set("full-later");
        CommandRun run = await rig.Latch("deploy", "--target", "x64", "--packages", await rig.Build(1, agent: "2"));
        Assert.Equal(1, run.Code);
        Assert.Contains("PARTLY REFUSED: slot 2 runs pump 1, but not what came with latch-model-pump 1 half-configured", run.Out, StringComparison.Ordinal);
        Assert.Contains("# agent 2", await File.ReadAllTextAsync(rig.At("var/lib/latch/current/latch-agent"), TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Deploy_CutDuringUpload_ChangesNothingAndCanBeRepeated()
    {
        using SshRig rig = new();
        string packages = await rig.Build(1);
        rig.Set("cut-upload");
        CommandRun run = await rig.Latch("deploy", "--target", "x64", "--packages", packages);
        Assert.Equal(3, run.Code);
        Assert.Contains("could not be uploaded:", run.Error, StringComparison.Ordinal);
        Assert.Contains("Nothing was changed on the board; run the command again.", run.Error, StringComparison.Ordinal);
        Assert.Equal("", rig.Current);
        Assert.Equal(0, (await rig.Latch("deploy", "--target", "x64", "--packages", packages)).Code);
    }

    [Fact]
    public async Task Deploy_CutDuringInstallation_GoesOnOnTheBoard()
    {
        using SshRig rig = new();
        await rig.Latch("deploy", "--target", "x64", "--packages", await rig.Build(1));
        rig.Set("cut-install");
        CommandRun run = await rig.Latch("deploy", "--target", "x64", "--packages", await rig.Build(2));
        Assert.Equal(3, run.Code);
        Assert.Contains("the connection was lost during the installation, which goes on on the board", run.Error, StringComparison.Ordinal);
        CommandRun status;
        int attempts = 0;
        do
        {
            await Task.Delay(300, TestContext.Current.CancellationToken);
            status = await rig.Latch("status");
        }
        while (!status.Out.Contains("2: pump 2", StringComparison.Ordinal) && attempts++ < 60);
        Assert.Contains("2: pump 2", status.Out, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("no-sudo", "rights: sudo asks for a password or is not there: run 'sudo visudo'")]
    [InlineData("full", "space for the upload: 100 KiB are free in the home folder,")]
    public async Task Deploy_BoardThatCannot_IsNotTouched(string fault, string message)
    {
        using SshRig rig = new();
        rig.Set(fault);
        CommandRun run = await rig.Latch("deploy", "--target", "x64", "--packages", await rig.Build(1));
        Assert.Equal(3, run.Code);
        Assert.Contains("nothing was changed: ", run.Error, StringComparison.Ordinal);
        Assert.Contains(message, run.Error, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries(rig.At("home")));
        Assert.Equal("", rig.Current);
    }

    [Fact]
    public async Task Deploy_OtherProcessor_IsRefused()
    {
        using SshRig rig = new();
        CommandRun run = await rig.Latch("deploy", "--target", "pi-4", "--packages", await rig.Build(1, target: "pi-4"));
        Assert.Equal(3, run.Code);
        Assert.Contains("architecture: the board is x86_64 (amd64), pi-4 is aarch64 (arm64). Choose another --target.", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Deploy_ClockIsLate_IsAWarning()
    {
        using SshRig rig = new();
        rig.Set("late");
        CommandRun run = await rig.Latch("deploy", "--target", "x64", "--packages", await rig.Build(1));
        Assert.Equal(0, run.Code);
        Assert.Matches("warning clock: -7(199|200|201) s against this machine: times of alarms will be wrong", run.Out);
    }

    [Fact]
    public async Task Deploy_OtherHostKey_IsRefusedBySsh()
    {
        using SshRig rig = new();
        rig.Know("other");
        CommandRun run = await rig.Latch("deploy", "--target", "x64", "--packages", await rig.Build(1));
        run.AssertFails(3, "127.0.0.1: no connection:", "Its host key is not the one your known_hosts has");
    }

    [Fact]
    public async Task Deploy_UnknownKey_IsRefusedByTheBoard()
    {
        using SshRig rig = new();
        File.Copy(rig.At("etc/ssh/other.pub"), rig.At("etc/ssh/authorized_keys"), overwrite: true);
        (await rig.Latch("status")).AssertFails(3, "127.0.0.1: no connection:", "It does not accept your key or password");
    }

    [Fact]
    public async Task Deploy_DryRun_ShowsCommandsAndRunsNone()
    {
        using SshRig rig = new();
        CommandRun run = await rig.Latch("deploy", "--target", "x64", "--packages", await rig.Build(1), "--dry-run");
        Assert.Equal(0, run.Code);
        string[] lines = run.Out.TrimEnd().Split('\n');
        Assert.Contains(lines, line => line.StartsWith($"ssh -F {rig.At("etc/ssh/config")} -p {rig.Port} 127.0.0.1 ", StringComparison.Ordinal) && line.Contains("cat >.cache/latch/latch-model-pump_1_all.deb.part", StringComparison.Ordinal) && line.EndsWith("/latch-model-pump_1_all.deb", StringComparison.Ordinal));
        Assert.Contains(lines, line => line.Contains("systemd-run", StringComparison.Ordinal) && line.Contains("dpkg", StringComparison.Ordinal));
        Assert.Empty(Directory.GetFileSystemEntries(rig.At("home")));
    }

    [Fact]
    public async Task Rollback_AfterAnUpdate_TakesTheSlotBefore()
    {
        using SshRig rig = new();
        await rig.Latch("deploy", "--target", "x64", "--packages", await rig.Build(1));
        (await rig.Latch("rollback")).AssertFails(3, "there is no older slot to go back to.");
        await rig.Latch("deploy", "--target", "x64", "--packages", await rig.Build(2));
        CommandRun run = await rig.Latch("rollback");
        Assert.Equal(0, run.Code);
        Assert.Contains("slot 1 runs pump 1; 'latch rollback' again takes slot 2 (pump 2)", run.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Status_Board_TellsSlotsAndTheAgentsFigures()
    {
        using SshRig rig = new();
        (await rig.Latch("status")).AssertFails(3, "no Latch agent is installed.", "Deploy to it");
        await rig.Latch("deploy", "--target", "x64", "--packages", await rig.Build(1));
        await File.WriteAllTextAsync(rig.At("run/latch/status.json"), """{ "state": "running", "steps": 1234, "stepTime": { "p99": 42.5 }, "alarm": { "level": "warning" } }""", TestContext.Current.CancellationToken);
        CommandRun table = await rig.Latch("status");
        Assert.Equal(0, table.Code);
        Assert.Matches(@"slot in use\s+1: pump 1", table.Out);
        Assert.Matches(@"step time, 99 %\s+42.5 us", table.Out);
        Assert.Matches(@"level\s+warning", table.Out);
        CommandRun json = await rig.Latch("status", "--json");
        using JsonDocument document = JsonDocument.Parse(json.Out);
        Assert.Equal("pump 1", document.RootElement.GetProperty("currentModel").GetString());
        Assert.Equal(1234, document.RootElement.GetProperty("agent").GetProperty("steps").GetInt32());
        rig.Unset("active");
        Assert.Equal(1, (await rig.Latch("status")).Code);
    }

    [Fact]
    public async Task Logs_Board_ShowsItsJournal()
    {
        using SshRig rig = new();
        CommandRun run = await rig.Latch("logs", "-n", "7");
        Assert.Equal(0, run.Code);
        Assert.Contains("latch-agent[1]: the journal, asked with: -u latch-agent.service -u latch-health.service --no-pager -o short-iso -n 7", run.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Pull_Recording_CanBeReplayedAndIsNotFetchedTwice()
    {
        using SshRig rig = new();
        await rig.Latch("deploy", "--target", "x64", "--packages", await rig.Build(1));
        string model = rig.At("var/lib/latch/current/model/model.latch"), recording = rig.At("var/lib/latch/recording"), pulled = rig.At("pulled");
        string samples = rig.At("samples.csv");
        using (Runtime.LatchModel opened = Runtime.LatchModel.Load(model))
            await File.WriteAllLinesAsync(samples, Enumerable.Range(0, 300).Select(row => string.Join(',', Enumerable.Range(0, opened.InputSize).Select(column => ((row * 7 + column * 3) % 11 * 0.1).ToString(System.Globalization.CultureInfo.InvariantCulture)))), TestContext.Current.CancellationToken);
        CommandRun recorded = await CommandRun.Of("run", model, "--source", samples, "--record", recording, "--stream", "-o", rig.At("results.csv"));
        Assert.True(recorded.Code == 0, recorded.Error);
        CommandRun withoutOpen = await rig.Latch("pull", "-o", pulled);
        Assert.Contains("is still being written and left out", withoutOpen.Out, StringComparison.Ordinal);
        rig.Unset("active");
        CommandRun run = await rig.Latch("pull", "-o", pulled);
        Assert.True(run.Code == 0, run.Error);
        Assert.Contains("1 segments, 1 of them fetched now", run.Out, StringComparison.Ordinal);
        CommandRun replay = await CommandRun.Of("replay", pulled, Path.Combine(pulled, "model", "model.latch"));
        Assert.True(replay.Code == 0, replay.Error + replay.Out);
        Assert.Contains("1 segments, 0 of them fetched now", (await rig.Latch("pull", "-o", pulled)).Out, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(pulled, "*.part", SearchOption.AllDirectories));
    }

    [Fact]
    public async Task Pull_AfterTheModelChanged_TakesTheNewOneIntoTheSameFolder()
    {
        using SshRig rig = new();
        string profile = rig.At("p.json"), pulled = rig.At("pulled"), train = rig.At("train.csv");
        await File.WriteAllTextAsync(train, TinySeries.Csv(400, header: false, channels: 37), TestContext.Current.CancellationToken);
        CommandRun learnt = await CommandRun.Of("watch", SshRig.Model, "--source", train, "--train", train, "--save-profile", profile, "--json");
        Assert.True(learnt.Code == 0, learnt.Error);
        await rig.Latch("deploy", "--target", "x64", "--packages", await rig.Build(1, more: ["--profile", profile]));
        Directory.CreateDirectory(rig.At("var/lib/latch/recording"));
        CommandRun first = await rig.Latch("pull", "-o", pulled);
        Assert.True(first.Code == 0, first.Error);
        Assert.True(File.Exists(Path.Combine(pulled, "model", "profile.json")));
        await rig.Latch("deploy", "--target", "x64", "--packages", await rig.Build(2));
        CommandRun second = await rig.Latch("pull", "-o", pulled);
        Assert.True(second.Code == 0, second.Error);
        Assert.Contains("model pump 2", second.Out, StringComparison.Ordinal);
        Assert.False(File.Exists(Path.Combine(pulled, "model", "profile.json")));
    }

    [Fact]
    public async Task Studio_NoConnection_LeavesNoFolder()
    {
        using SshRig rig = new();
        rig.Know("other");
        string temporary = Directory.CreateDirectory(rig.At("tmp")).FullName;
        ProcessStartInfo start = new("dotnet", [Path.Combine(AppContext.BaseDirectory, "latch.dll"), "studio", "--board", SshRig.Board, "--ssh-option", $"-F {rig.At("etc/ssh/config")}", "--ssh-option", $"-p {rig.Port}", "--port", "0"])
        {
            RedirectStandardError = true,
        };
        start.Environment["TMPDIR"] = temporary;
        using Process process = Process.Start(start)!;
        string error = await process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Contains("no connection", error, StringComparison.Ordinal);
        Assert.Empty(Directory.GetDirectories(temporary, "latch-*"));
    }
}
