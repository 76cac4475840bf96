using System.Diagnostics;
using System.Globalization;

namespace Latch.Board.Tests.Deploy;

/// <summary>
/// Updates interrupted at random moments: kill -9 of everything an installation runs, connections cut, power cut. Each time the board comes up with the old slot or with the new one, whole
/// and healthy, by itself; every fourth time an update goes to its end after it. A part of the series by default, 50 in all with LATCH_BOARD_INTERRUPTIONS=all.
/// </summary>
[Collection(DeployCollection.Name)]
public sealed class InterruptTests(DeployedBoard deployed)
{
    private const int PerUpdate = 4, Seed = 5;

    private static readonly bool s_all = Environment.GetEnvironmentVariable("LATCH_BOARD_INTERRUPTIONS") == "all";
    private static readonly int s_kills = s_all ? 36 : 8, s_connectionCuts = s_all ? 6 : 1, s_powerCuts = s_all ? 8 : 2;

    [Fact]
    public void Update_KilledAtRandomMoments_LeavesOldOrNewAndTheNextOneWorks()
    {
        Board board = deployed.Board;
        deployed.WaitUntilHealthy();
        (string a, string b) = Packages();
        board.Copy(Path.Combine(AppContext.BaseDirectory, "Deploy", "interrupt.sh"), "interrupt.sh");
        board.Copy(Model(a), "a.deb");
        board.Copy(Model(b), "b.deb");
        string milliseconds = board.Check("b=$(date +%s%3N); sudo dpkg -i a.deb >install.log 2>&1 || { cat install.log; exit 1; }; echo $(($(date +%s%3N) - b))");
        deployed.WaitUntilHealthy();
        List<string> lines = [];
        for (int from = 1; from <= s_kills; from += PerUpdate)
            lines.AddRange(board.Check($"sudo bash interrupt.sh {from} {from + PerUpdate - 1} a.deb b.deb {milliseconds} 2>&1").Split('\n'));
        TestContext.Current.TestOutputHelper?.WriteLine(string.Join('\n', lines));
        string[][] kills = [.. lines.Where(static line => line.StartsWith("kill ", StringComparison.Ordinal)).Select(static line => line.Split(' '))];
        Assert.All(lines, static line => Assert.Matches("^(kill|update) ", line));
        Assert.Equal(s_kills, kills.Length);
        Assert.Equal(s_kills / PerUpdate, lines.Count(static line => line.StartsWith("update ", StringComparison.Ordinal)));
        // A series in which all came before, or after, the switch would prove little.
        Assert.Equal(["new", "old"], kills.Select(static kill => kill[^2]).Distinct().Order());
        Tell("kill -9", kills.Count(static kill => kill[^2] == "old"), kills.Count(static kill => kill[^2] == "new"));
    }

    [Fact]
    public void Deploy_ConnectionCutAtRandomMoments_EndsInOldOrNewAndTheNextOneWorks()
    {
        _ = deployed.Board;
        (string a, string b) = Packages();
        double length = Seconds(() => deployed.Deploy(a).Succeeded());
        Run("connection cut", s_connectionCuts, a, b, length, static (deployment, _) => deployment.Kill(entireProcessTree: true));
    }

    [Fact]
    public void Deploy_PowerCutAtRandomMoments_StartsWithOldOrNewAndTheNextOneWorks()
    {
        _ = deployed.Board;
        (string a, string b) = Packages();
        double length = Seconds(() => deployed.Deploy(a).Succeeded());
        Run("power cut", s_powerCuts, a, b, length, static (deployment, board) =>
        {
            board.CutPower();
            deployment.Kill(entireProcessTree: true);
            board.Up();
        });
    }

    // Each time the model that is not there is deployed and interrupted; when the board has settled, its slot is compared.
    private void Run(string name, int times, string a, string b, double seconds, Action<Process, Board> interrupt)
    {
        Board board = deployed.Board;
        Random random = new(Seed);
        string there = a;
        int old = 0;
        for (int i = 0; i < times; i++)
        {
            string next = there == a ? b : a;
            double delay = random.NextDouble() * seconds;
            using (Process deployment = Process.Start(new ProcessStartInfo("dotnet", [AgentBuild.Program, "deploy", "--target", AgentBuild.Target, "--packages", next, .. deployed.Ssh])
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            })!)
            {
                deployment.OutputDataReceived += static (_, _) => { };
                deployment.ErrorDataReceived += static (_, _) => { };
                deployment.BeginOutputReadLine();
                deployment.BeginErrorReadLine();
                deployment.WaitForExit(TimeSpan.FromSeconds(delay));
                interrupt(deployment, board);
            }
            // An installation that goes on without its connection is over before the slot is looked at.
            board.Check("while systemctl is-active --quiet latch-install; do sleep 0.3; done");
            double settled = deployed.WaitUntilHealthy();
            bool isOld = Holds(there);
            Assert.True(isOld || Holds(next), $"{name} {i} after {delay:0.0} s: the slot holds neither the old nor the new model.");
            old += isOld ? 1 : 0;
            TestContext.Current.TestOutputHelper?.WriteLine(FormattableString.Invariant($"{name} {i + 1} after {delay:0.0} s: {(isOld ? "old" : "new")}, healthy after {settled:0.0} s"));
            if (!isOld)
                there = next;
            if (i % PerUpdate != PerUpdate - 1 && i < times - 1)
                continue;
            there = there == a ? b : a;
            deployed.Deploy(there).Succeeded();
            Assert.True(Holds(there));
        }
        Tell(name, old, times - old);
    }

    // Two models of one version, so that either may follow the other.
    private (string First, string Second) Packages()
    {
        string first = deployed.Build();
        return (first, deployed.BuildVersion(deployed.Version, "--model", AgentBuild.OtherModel));
    }

    private bool Holds(string packages) => deployed.Board.Check($"cd {DeployedBoard.Slots}/current/model && sha256sum model.latch manifest.json golden.bin limits.json | sort")
        == string.Join('\n', ((string[])["model.latch", "manifest.json", "golden.bin", "limits.json"]).Select(name => $"{Hash(Path.Combine(packages, "bundle", name))}  {name}").Order(StringComparer.Ordinal));

    private static string Hash(string path) => Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(File.ReadAllBytes(path)));

    private static string Model(string packages) => Directory.GetFiles(packages, "latch-model-*.deb").Single();

    private static double Seconds(Action action)
    {
        long begin = Stopwatch.GetTimestamp();
        action();
        return Stopwatch.GetElapsedTime(begin).TotalSeconds;
    }

    private static void Tell(string name, int old, int now) =>
        TestContext.Current.TestOutputHelper?.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name}: {old + now} updates interrupted, {old} times the old slot ran afterwards, {now} times the new one"));
}
