using System.Text;
using Latch.Import.Graph;
using Latch.Import.Sources;
using Latch.Import.Sources.TfLite;

namespace Latch.Import.Tests.Sources.TfLite;

/// <summary>Files that are cut off, changed or contradict themselves are refused, with a message that says where.</summary>
public sealed class BrokenTfLiteTests
{
    private const long MostBytes = 64L << 20;

    private static readonly string[] s_models = ["two layers and a head", "convolutions in a row", "UNIDIRECTIONAL_SEQUENCE_LSTM coupled peepholes", "RESHAPE computed", "SPLIT_V", "DEQUANTIZE"];

    public static TheoryData<string> Models() => [.. s_models];

    [Theory]
    [MemberData(nameof(Models))]
    public void Translate_EveryPrefixOfAModel_IsRefusedOrTheSame(string name)
    {
        byte[] whole = TfLiteCases.Write(name);
        int refused = 0;
        for (int length = 0; length < whole.Length; length++)
        {
            try
            {
                Import(whole[..length]);
            }
            catch (ImportException)
            {
                refused++;
            }
        }

        Assert.InRange(refused, whole.Length * 9 / 10, whole.Length);
    }

    [Theory]
    [MemberData(nameof(Models))]
    public void Import_ChangedBytes_ImportsOrIsRefused(string name)
    {
        byte[] whole = TfLiteCases.Write(name);
        Random random = new(2);
        int refused = 0;
        for (int run = 0; run < 3000; run++)
        {
            byte[] changed = [.. whole];
            for (int change = random.Next(1, 5); change > 0; change--)
                changed[random.Next(8, changed.Length)] = (byte)random.Next(256);
            refused += IsRefused(changed) ? 1 : 0;
        }

        Assert.InRange(refused, 100, 2999);
    }

    /// <summary>Numbers that matter: every word of the file becomes -1, the smallest, the largest, or a large number.</summary>
    [Theory]
    [MemberData(nameof(Models))]
    public void Import_ExtremeWords_ImportsOrIsRefused(string name)
    {
        byte[] whole = TfLiteCases.Write(name);
        int refused = 0;
        foreach (int extreme in (int[])[-1, int.MinValue, int.MaxValue, 0x01000000, 0])
        {
            for (int at = 8; at + 4 <= whole.Length; at += 4)
            {
                byte[] changed = [.. whole];
                BitConverter.TryWriteBytes(changed.AsSpan(at), extreme);
                refused += IsRefused(changed) ? 1 : 0;
            }
        }

        Assert.InRange(refused, 100, 5 * whole.Length / 4);
    }

    [Theory]
    [InlineData("")]
    [InlineData("TFL3")]
    [InlineData("    TFL3")]
    [InlineData("xxxxTFL3 and then some text that is no table of anything at all")]
    public void Translate_Text_IsRefused(string text) =>
        Assert.Equal(ImportErrorCode.NotTfLite, Refused(Encoding.UTF8.GetBytes(text)).Code);

    [Fact]
    public void Translate_OtherSchemaVersion_IsRefused() =>
        Assert.Contains("schema version is 4", Refused(writer => writer.Output(writer.Add("TANH", [writer.Input([2])], [2])), version: 4).Message, StringComparison.Ordinal);

    [Fact]
    public void Translate_ShapeThatTheDataDoNotFill_IsRefused()
    {
        ImportException refusal = Refused(writer =>
        {
            int weights = writer.Tensor([1 << 20, 1 << 10], 0, new byte[64], "W");
            writer.Output(writer.Add("ADD", [writer.Input([1, 1024]), weights], [1 << 20, 1 << 10], (0, (byte)0)));
        });

        Assert.Equal(ImportErrorCode.BrokenTensor, refusal.Code);
        Assert.Contains("'W'", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Translate_NoOutputs_IsRefused() =>
        Assert.Contains("no outputs", Refused(writer => writer.Add("TANH", [writer.Input([2])], [2])).Message, StringComparison.Ordinal);

    [Fact]
    public void Translate_TensorThatIsNotThere_IsRefused() =>
        Assert.Equal(ImportErrorCode.BrokenGraph, Refused(writer => writer.Output(writer.Add("TANH", [77], [2]))).Code);

    /// <summary>Tables that are shared many times over would be read for ever.</summary>
    [Fact]
    public void Translate_ManyOperatorsOfManyInputs_IsRefusedSoon()
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        ImportException refusal = Refused(writer =>
        {
            int input = writer.Input([2]);
            for (int i = 0; i < 400; i++)
                writer.Output(writer.Add("ADD_N", [.. Enumerable.Repeat(input, 30_000)], [2]));
        });

        Assert.Equal(ImportErrorCode.NotTfLite, refusal.Code);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1L << 30);
    }

    private static bool IsRefused(byte[] bytes)
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        try
        {
            Import(bytes);
            return false;
        }
        catch (ImportException)
        {
            Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, MostBytes);
            return true;
        }
    }

    /// <summary>Imports a file as it is; and, where its steps can be opened, for one step.</summary>
    private static FloatModel Import(byte[] bytes)
    {
        TranslatedModel translated = TfLiteSource.Translate(bytes, "bad.tflite");
        try
        {
            if (translated.StepAxes.Count > 0)
                OnnxImporter.Lower(translated.WithOpenSteps(), "bad.tflite", new ImportOptions { Steps = 1 }, files: null, sha256: "");
        }
        catch (ImportException)
        {
        }
        return OnnxImporter.Lower(translated.Proto, "bad.tflite", options: null, files: null, sha256: "");
    }

    private static ImportException Refused(byte[] bytes)
    {
        ImportException refusal = Assert.Throws<ImportException>(() => Import(bytes));
        Assert.StartsWith("bad.tflite: ", refusal.Message, StringComparison.Ordinal);
        return refusal;
    }

    private static ImportException Refused(Action<TfLiteWriter> write, int version = 3)
    {
        TfLiteWriter writer = new() { Version = version };
        write(writer);
        return Refused(writer.ToBytes());
    }
}
