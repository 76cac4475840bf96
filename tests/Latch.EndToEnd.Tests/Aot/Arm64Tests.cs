namespace Latch.EndToEnd.Tests.Aot;

/// <summary>The linux-arm64 program on emulated cores.</summary>
public sealed class Arm64Tests(SmokePrograms programs)
{
    public static TheoryData<string, string> CoresAndModels()
    {
        TheoryData<string, string> data = [];
        foreach (string core in Cores)
        {
            foreach (string model in GoldenHashes.Models)
                data.Add(core, model);
        }
        return data;
    }

    public static TheoryData<string> Cores => ["cortex-a53", "cortex-a72", "cortex-a76"];

    [Theory]
    [MemberData(nameof(CoresAndModels))]
    public async Task Run_EveryKernel_GivesTheGoldenHash(string core, string model)
    {
        string[] command = await Command(core), kernels = await Kernels(core, command);
        SmokeRun run = await SmokeRun.Of(command, GoldenHashes.Arguments(await programs.Model(model)));
        run.AssertGolden(model, GoldenHashes.Repeat, kernels);
    }

    /// <summary>Every length on a core without dot product; a part of the lengths on its twin and, for all kernels, on the core with it.</summary>
    [Theory]
    [InlineData("cortex-a53", null)]
    [InlineData("cortex-a72", "--quick")]
    [InlineData("cortex-a76", "--quick")]
    public async Task Equality_EveryKernel_EqualsScalar(string core, string? quick)
    {
        string[] command = await Command(core), kernels = await Kernels(core, command);
        SmokeRun run = await SmokeRun.Of(command, ["equality", .. quick is null ? [] : (string[])[quick]]);
        run.AssertEqual(kernels[..^1], full: quick is null);
    }

    /// <summary>Every length for the fastest kernel of the core with dot product.</summary>
    [Fact]
    public async Task Equality_FastestKernelOfTheNewestCore_EqualsScalarAtEveryLength()
    {
        string[] command = await Command("cortex-a76"), kernels = await Kernels("cortex-a76", command);
        (await SmokeRun.Of(command, "equality", "--kernel", kernels[0])).AssertEqual(kernels[..1], full: true);
    }

    [Fact]
    public async Task Guard_ReadBeyond_EndsTheProgram()
    {
        SmokeRun run = await SmokeRun.Of(await Command("cortex-a53"), "guard");
        GuardAssert.DiedBeyond(run);
    }

    private async Task<string[]> Command(string core)
    {
        string[] emulator = SmokePrograms.Arm64Emulator(core);
        return [.. emulator, await programs.Native("linux-arm64")];
    }

    private static async Task<string[]> Kernels(string core, string[] command)
    {
        bool hasDotProduct = core == "cortex-a76";
        return ExpectedKernels.Assert(await SmokeRun.Of(command, "cpu"), on: hasDotProduct ? "vector128 advsimd dotprod" : "vector128 advsimd", off: hasDotProduct ? "" : "dotprod");
    }
}
