using System.Buffers.Binary;
using Latch.Model;
using Latch.Runtime;

namespace Latch.Bundle.Tests;

public sealed class GoldenVectorsTests
{
    private static readonly string s_hash = new('a', 64);

    public static TheoryData<string> Models => [.. Directory.GetFiles(Path.Combine(SharedData.Repository, "samples", "gates"), "*.latch").Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Models))]
    public void Check_EveryKernel_FindsNoDifference(string path)
    {
        GoldenVectors golden = GoldenVectors.Create(ModelReader.Read(path), s_hash, 100);
        Assert.NotEmpty(LatchModel.AvailableKernels);
        Assert.All(LatchModel.AvailableKernels, kernel =>
        {
            using LatchModel model = LatchModel.Load(path, new LatchModelOptions { Kernel = kernel });
            Assert.Null(golden.Check(model));
        });
    }

    [Fact]
    public void Create_Codes_ReachBothEndsAndLieBetween()
    {
        ModelDefinition definition = ModelReader.Read(Scratch.Model);
        GoldenVectors golden = GoldenVectors.Create(definition, s_hash);
        Quantization input = definition.Step!.Tensors[definition.Step.Inputs[0].Tensor].Quantization;
        short[] codes = [.. Enumerable.Range(0, golden.Steps).SelectMany(step => golden.Input(step).ToArray())];
        Assert.Equal((input.MinCode, input.MaxCode), (codes.Min(), codes.Max()));
        Assert.True(codes.Distinct().Count() > 50);
        Assert.True(Enumerable.Range(0, golden.Steps).Select(step => golden.Output(step)[0]).Distinct().Count() > 10);
    }

    [Fact]
    public void Create_WholeWindowsOnly_SaysWhyInASentence()
    {
        ModelDefinition definition = ModelReader.Read(Scratch.Model);
        ModelDefinition windowed = definition with { Sequence = definition.Step, Step = null, NotStreamable = "node 'softmax' runs over time" };
        BundleException exception = Assert.Throws<BundleException>(() => GoldenVectors.Create(windowed, s_hash));
        Assert.Contains("node 'softmax' runs over time. An agent steps its model", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Check_AnotherOutput_IsTheFirstDifference()
    {
        using LatchModel model = LatchModel.Load(Scratch.Model, new LatchModelOptions { Kernel = "scalar" });
        GoldenVectors golden = GoldenVectors.Create(model.Definition, s_hash, 10);
        byte[] bytes = golden.ToBytes();
        int at = bytes.Length - (10 * 8) - ((10 - 7) * golden.OutputSize * 2); // output 0 of step 7
        short changed = (short)(BinaryPrimitives.ReadInt16LittleEndian(bytes.AsSpan(at)) + 1);
        BinaryPrimitives.WriteInt16LittleEndian(bytes.AsSpan(at), changed);
        Assert.Equal($"Step 7: output 0 is {changed - 1}, not {changed} (kernel scalar).", GoldenVectors.Parse(bytes)!.Check(model));
    }

    [Fact]
    public void Check_AnotherState_IsFoundByItsChecksum()
    {
        using LatchModel model = LatchModel.Load(Scratch.Model);
        byte[] bytes = GoldenVectors.Create(model.Definition, s_hash, 10).ToBytes();
        bytes[^(8 * 4)] ^= 1;
        Assert.StartsWith("Step 6: the outputs are the same, but the state's checksum is ", GoldenVectors.Parse(bytes)!.Check(model), StringComparison.Ordinal);
    }

    [Fact]
    public void Check_OtherModel_SaysTheSizes()
    {
        using LatchModel model = LatchModel.Load(Scratch.Model);
        byte[] bytes = GoldenVectors.Create(model.Definition, s_hash, 4).ToBytes();
        GoldenVectors wide = GoldenVectors.Parse(Widened(bytes))!;
        Assert.Contains($"the model has {model.InputSize} and {model.OutputSize}", wide.Check(model), StringComparison.Ordinal);
    }

    [Fact]
    public void Parse_EveryPrefix_IsRefused()
    {
        byte[] bytes = GoldenVectors.Create(ModelReader.Read(Scratch.Model), s_hash, 2).ToBytes();
        Assert.NotNull(GoldenVectors.Parse(bytes));
        for (int length = 0; length < bytes.Length; length++)
            Assert.Null(GoldenVectors.Parse(bytes.AsSpan(0, length)));
    }

    [Fact]
    public void Read_NoVectors_SaysSo()
    {
        BundleException exception = Assert.Throws<BundleException>(() => GoldenVectors.Read(File.ReadAllBytes(Scratch.Model), "golden.bin"));
        Assert.Equal(BundleErrorCode.Golden, exception.Code);
        Assert.StartsWith("golden.bin: It holds no golden vectors, or is cut short.", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void LoadGolden_OfAnotherModel_IsRefused()
    {
        using Scratch scratch = new();
        BundleWriter.Write(scratch.Bundle, Scratch.Content);
        GoldenVectors other = GoldenVectors.Create(ModelReader.Read(Scratch.Model), s_hash);
        string path = Path.Combine(scratch.Bundle, "golden.bin"), manifest = Path.Combine(scratch.Bundle, "manifest.json");
        string before = Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(File.ReadAllBytes(path)));
        File.WriteAllBytes(path, other.ToBytes());
        string after = Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(File.ReadAllBytes(path)));
        File.WriteAllText(manifest, File.ReadAllText(manifest).Replace(before, after, StringComparison.Ordinal));
        ModelBundle bundle = ModelBundle.Open(scratch.Bundle, new BundleTrust { AllowUnsigned = true });
        Assert.Contains("The golden vectors are of the model aaaaaaaa, the bundle holds ", Assert.Throws<BundleException>(bundle.LoadGolden).Message, StringComparison.Ordinal);
    }

    // One more input in the header, and the bytes for it.
    private static byte[] Widened(byte[] bytes)
    {
        int inputs = BinaryPrimitives.ReadInt32LittleEndian(bytes.AsSpan(40)), steps = BinaryPrimitives.ReadInt32LittleEndian(bytes.AsSpan(48));
        byte[] wide = new byte[bytes.Length + (2 * steps)];
        bytes.CopyTo(wide, 0);
        BinaryPrimitives.WriteInt32LittleEndian(wide.AsSpan(40), inputs + 1);
        return wide;
    }
}
