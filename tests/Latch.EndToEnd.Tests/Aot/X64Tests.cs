using System.Runtime.Intrinsics.X86;

namespace Latch.EndToEnd.Tests.Aot;

/// <summary>The linux-x64 programs: on this machine, and on emulated processors that have just enough or too little for them.</summary>
public sealed class X64Tests(SmokePrograms programs)
{
    private const string Refusal = "The required instruction sets are not supported by the current CPU.";

    /// <summary>Target, the sets the program must have here, the sets it must not have.</summary>
    public static TheoryData<string, string, string> Targets => new()
    {
        { "linux-x64", "vector128 sse4.2", "avx2 avxvnni avx512bw" },
        { "linux-x64-v2", "vector128 sse4.2", "avx2 avxvnni avx512bw" },
        { "linux-x64-v3", "vector128 sse4.2 avx2", "avx512bw" },
        { "linux-x64-v4", "vector128 sse4.2 avx2 avx512bw", "" },
    };

    [Theory]
    [MemberData(nameof(Targets))]
    public async Task Run_EveryKernel_GivesTheGoldenHash(string target, string on, string off)
    {
        if (await RefusedHere(target))
            return;
        string[] kernels = await Kernels(target, on, off);
        foreach (string model in GoldenHashes.Models)
            (await SmokeRun.Of(await programs.Native(target), GoldenHashes.Arguments(await programs.Model(model)))).AssertGolden(model, GoldenHashes.Repeat, kernels);
    }

    [Theory]
    [MemberData(nameof(Targets))]
    public async Task Equality_EveryKernel_EqualsScalar(string target, string on, string off)
    {
        if (await RefusedHere(target))
            return;
        string[] kernels = await Kernels(target, on, off);
        (await SmokeRun.Of(await programs.Native(target), ["equality"])).AssertEqual(kernels[..^1], full: true);
    }

    [Theory]
    [InlineData("linux-x64-v2", "core2duo")]
    [InlineData("linux-x64-v3", "Nehalem")]
    [InlineData("linux-x64-v4", "Haswell")]
    public async Task Start_OlderProcessor_SaysWhyAndStops(string target, string processor)
    {
        string[] command = [.. SmokePrograms.X64Emulator(processor), await programs.Native(target)];
        AssertRefused(await SmokeRun.Of(command, "cpu"));
    }

    [Theory]
    [InlineData("linux-x64", "core2duo", "vector128", "sse4.2 avx2")]
    [InlineData("linux-x64", "Nehalem", "vector128 sse4.2", "avx2")]
    [InlineData("linux-x64-v2", "Nehalem", "vector128 sse4.2", "avx2")]
    [InlineData("linux-x64-v3", "Haswell", "vector128 sse4.2 avx2", "avxvnni avx512bw")]
    public async Task Run_OldestProcessorOfTheTarget_GivesTheGoldenHash(string target, string processor, string on, string off)
    {
        string[] command = [.. SmokePrograms.X64Emulator(processor), await programs.Native(target)];
        string[] kernels = ExpectedKernels.Assert(await SmokeRun.Of(command, "cpu"), on, off);
        SmokeRun run = await SmokeRun.Of(command, GoldenHashes.Arguments(await programs.Model("host-gru")));
        run.AssertGolden("host-gru", GoldenHashes.Repeat, kernels);
    }

    [Fact]
    public async Task Guard_ReadBeyond_EndsTheProgram() => GuardAssert.DiedBeyond(await SmokeRun.Of(await programs.Native("linux-x64"), ["guard"]));

    [Fact]
    public async Task Publish_UnknownTarget_NamesThoseThatExist()
    {
        string project = Path.Combine(SharedData.Repository, "tests", "Latch.AotSmoke");
        SmokeRun run = await SmokeRun.Of("dotnet", ["publish", project, "-p:LatchTarget=linux-x64-v9"]);
        Assert.NotEqual(0, run.Code);
        Assert.Contains("There is no LatchTarget 'linux-x64-v9'; there are: linux-x64-v2, linux-x64-v3, linux-x64-v4, linux-arm64.", run.Out, StringComparison.Ordinal);
    }

    private static void AssertRefused(SmokeRun run)
    {
        Assert.Equal(134, run.Code);
        Assert.Contains(Refusal, run.Error, StringComparison.Ordinal);
        Assert.Empty(run.Out);
        Assert.DoesNotContain("llegal instruction", run.Everything, StringComparison.Ordinal);
    }

    /// <summary>True when this machine is too old for the target; then the program was seen to say so.</summary>
    private async Task<bool> RefusedHere(string target)
    {
        bool runs = target switch { "linux-x64-v3" => Avx2.IsSupported && Bmi2.IsSupported, "linux-x64-v4" => Avx512BW.VL.IsSupported && Avx512DQ.IsSupported, _ => true };
        if (!runs)
            AssertRefused(await SmokeRun.Of(await programs.Native(target), ["cpu"]));
        return !runs;
    }

    private async Task<string[]> Kernels(string target, string on, string off) =>
        ExpectedKernels.Assert(await SmokeRun.Of(await programs.Native(target), ["cpu"]), on, off);
}
