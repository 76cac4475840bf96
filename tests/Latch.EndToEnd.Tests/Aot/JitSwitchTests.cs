namespace Latch.EndToEnd.Tests.Aot;

/// <summary>The program under the just-in-time compiler, with instruction sets turned off one after the other.</summary>
public sealed class JitSwitchTests(SmokePrograms programs)
{
    /// <summary>A switch and the sets it turns off (on x64).</summary>
    public static TheoryData<string, string> Switches => new()
    {
        { "DOTNET_EnableHWIntrinsic=1", "" },
        { "DOTNET_EnableAVX512=0", "avx512bw" },
        { "DOTNET_EnableAVX2=0", "avx2 avxvnni avx512bw" },
        { "DOTNET_EnableHWIntrinsic=0", "vector128 sse4.2 avx2 avxvnni avx512bw advsimd dotprod" },
    };

    [Theory]
    [MemberData(nameof(Switches))]
    public async Task Run_EveryKernel_GivesTheGoldenHash(string variable, string off)
    {
        string[] kernels = await Kernels(variable, off);
        foreach (string model in GoldenHashes.Models)
            (await Run(variable, GoldenHashes.Arguments(await programs.Model(model)))).AssertGolden(model, GoldenHashes.Repeat, kernels);
    }

    [Theory]
    [MemberData(nameof(Switches))]
    public async Task Equality_EveryKernel_EqualsScalar(string variable, string off)
    {
        string[] kernels = await Kernels(variable, off);
        SmokeRun run = await Run(variable, ["equality", "--quick"]);
        if (kernels.Length > 1)
        {
            run.AssertEqual(kernels[..^1], full: false);
            return;
        }
        Assert.Equal(3, run.Code);
        Assert.Contains("nothing was compared: the only kernel here is scalar", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Guard_ReadBeyond_EndsTheProgram() => GuardAssert.DiedBeyond(await SmokeRun.Of("dotnet", [SmokePrograms.Managed, "guard"]));

    [Theory]
    [InlineData("run")]
    [InlineData("run", "a.latch", "b.csv", "--repeat", "0")]
    [InlineData("equality", "--kernel", "quantum")]
    [InlineData("walk")]
    public async Task Command_Wrong_ShowsUsage(params string[] arguments)
    {
        SmokeRun run = await SmokeRun.Of("dotnet", [SmokePrograms.Managed, .. arguments]);
        Assert.Equal(2, run.Code);
        Assert.Contains("usage: aot-smoke", run.Error, StringComparison.Ordinal);
    }

    private static Task<SmokeRun> Run(string variable, string[] arguments) => SmokeRun.Of("dotnet", [SmokePrograms.Managed, .. arguments], variable);

    // What the switch turned off must be off; whatever else is on without it must stay on.
    private static async Task<string[]> Kernels(string variable, string off)
    {
        string[] own = (await Run("DOTNET_EnableHWIntrinsic=1", ["cpu"])).Words("sets");
        Assert.Contains("vector128", own);
        return ExpectedKernels.Assert(await Run(variable, ["cpu"]), on: string.Join(' ', own.Except(off.Split(' '))), off);
    }
}
