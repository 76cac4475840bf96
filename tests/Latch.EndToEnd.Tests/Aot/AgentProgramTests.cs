using System.Diagnostics;
using System.Globalization;
using System.Runtime.Intrinsics.X86;
using System.Text.Json;

namespace Latch.EndToEnd.Tests.Aot;

/// <summary>The agent as it is published: its size, and what it takes of a machine.</summary>
public sealed class AgentProgramTests(SmokePrograms programs)
{
    private const long MaxBytes = 12_000_000, MaxResidentBytes = 25_000_000;

    [Theory]
    [InlineData("linux-arm64")]
    [InlineData("linux-x64-v3")]
    public async Task Agent_Published_IsBelowTwelveMegabytes(string target)
    {
        long bytes = new FileInfo(await programs.Agent(target)).Length;
        TestContext.Current.TestOutputHelper?.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{target}: {bytes:N0} bytes"));
        Assert.InRange(bytes, 1_000_000, MaxBytes);
    }

    [Fact]
    public async Task Agent_RunningTheHostModel_StaysBelow25Megabytes()
    {
        if (!Avx2.IsSupported)
            SharedData.Missing("Needs an x64 processor with AVX2.");
        string folder = Directory.CreateTempSubdirectory("latch-agent-test-").FullName, status = Path.Combine(folder, "status.json");
        string configuration = Path.Combine(folder, "agent.json"), model = await programs.Model("host-lstm");
        await File.WriteAllTextAsync(configuration, $$"""
            { "model": "{{model}}", "trust": { "allowUnsigned": true }, "source": { "kind": "host" }, "rate": 50, "status": "{{status}}" }
            """, TestContext.Current.CancellationToken);
        using Process agent = Process.Start(new ProcessStartInfo(await programs.Agent("linux-x64-v3"), ["run", "--config", configuration]) { RedirectStandardError = true })!;
        try
        {
            Task<string> log = agent.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
            JsonElement told = await StatusAfter(200, status, agent, log);
            long resident = long.Parse((await File.ReadAllLinesAsync($"/proc/{agent.Id}/status", TestContext.Current.CancellationToken))
                .Single(static line => line.StartsWith("VmRSS:", StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) * 1024;
            TestContext.Current.TestOutputHelper?.WriteLine(string.Create(
                CultureInfo.InvariantCulture, $"{resident:N0} bytes resident, first result after {told.GetProperty("firstResultMilliseconds").GetDouble():0.0} ms, kernel {told.GetProperty("model").GetProperty("kernel")}"));
            Assert.InRange(resident, 1_000_000, MaxResidentBytes);
        }
        finally
        {
            agent.Kill();
            await agent.WaitForExitAsync(TestContext.Current.CancellationToken);
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task<JsonElement> StatusAfter(long steps, string path, Process agent, Task<string> log)
    {
        long begin = Stopwatch.GetTimestamp();
        while (true)
        {
            await Task.Delay(200, TestContext.Current.CancellationToken);
            Assert.False(agent.HasExited, agent.HasExited ? await log : "");
            Assert.True(Stopwatch.GetElapsedTime(begin) < TimeSpan.FromMinutes(2), "The agent took no 200 steps in two minutes.");
            if (!File.Exists(path))
                continue;
            using JsonDocument document = JsonDocument.Parse(await File.ReadAllTextAsync(path, TestContext.Current.CancellationToken));
            if (document.RootElement.GetProperty("steps").GetInt64() >= steps)
                return document.RootElement.Clone();
        }
    }
}
