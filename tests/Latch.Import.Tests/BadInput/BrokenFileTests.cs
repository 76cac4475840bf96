using System.Text;
using Latch.Import.Tests.Support;

namespace Latch.Import.Tests.BadInput;

/// <summary>Bytes that are not a whole ONNX model.</summary>
public sealed class BrokenFileTests
{
    [Fact]
    public void Import_EveryPrefixOfAModel_IsRefused()
    {
        byte[] whole = SmallModels.Lstm().ToBytes();
        for (int length = 0; length < whole.Length; length += 3)
            Refusal.Of(whole[..length]);
    }

    [Theory]
    [InlineData("", "empty")]
    [InlineData("not a model\n", "text")]
    [InlineData("<!DOCTYPE html><html><body>404</body></html>", "web page")]
    [InlineData("version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 1\n", "git lfs pull")]
    public void Import_Text_IsRefusedWithAHint(string text, string hint)
    {
        ImportException refusal = Refusal.Of(Encoding.UTF8.GetBytes(text));

        Assert.Equal(ImportErrorCode.NotOnnx, refusal.Code);
        Assert.Contains(hint, refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Import_RandomBytes_IsRefused()
    {
        Random random = new(1);
        for (int run = 0; run < 300; run++)
        {
            byte[] bytes = new byte[random.Next(1, 4096)];
            random.NextBytes(bytes);
            Refusal.Of(bytes);
        }
    }

    [Theory]
    [InlineData(0x3A)] // graph
    [InlineData(0x12)] // producer_name
    public void Import_FieldThatClaimsTwoGibibytes_IsRefusedAtOnce(byte tag)
    {
        ImportException refusal = Refusal.Of([0x08, 0x07, tag, 0xFF, 0xFF, 0xFF, 0xFF, 0x07, 0x00]);

        Assert.Equal(ImportErrorCode.NotOnnx, refusal.Code);
    }

    [Fact]
    public void Import_DeepNesting_IsRefused()
    {
        byte[] nested = [];
        for (int depth = 0; depth < 2000; depth++)
        {
            byte[] attribute = Field(0x32, nested); // AttributeProto.g
            nested = Field(0x0A, Field(0x2A, attribute)); // GraphProto.node, NodeProto.attribute
        }

        Assert.Equal(ImportErrorCode.NotOnnx, Refusal.Of(Field(0x3A, nested)).Code);
    }

    [Fact]
    public void Import_ChangedBytes_ImportsOrIsRefused()
    {
        byte[] whole = SmallModels.Lstm().ToBytes();
        Random random = new(2);
        int refused = 0;
        for (int run = 0; run < 3000; run++)
        {
            byte[] changed = [.. whole];
            for (int change = random.Next(1, 5); change > 0; change--)
                changed[random.Next(changed.Length)] = (byte)random.Next(256);
            try
            {
                OnnxImporter.Import(changed, "changed");
            }
            catch (ImportException)
            {
                refused++;
            }
        }

        Assert.InRange(refused, 100, 2999);
    }

    [Fact]
    public void Import_MissingFile_IsRefused()
    {
        string path = Path.Combine(Path.GetTempPath(), Guid.NewGuid().ToString("N"), "none.onnx");

        ImportException refusal = Assert.Throws<ImportException>(() => OnnxImporter.Import(path));

        Assert.Equal(ImportErrorCode.Unreadable, refusal.Code);
        Assert.Contains(path, refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Import_Folder_IsRefused() =>
        Assert.Equal(ImportErrorCode.Unreadable, Assert.Throws<ImportException>(() => OnnxImporter.Import(Path.GetTempPath())).Code);

    private static byte[] Field(byte tag, byte[] content)
    {
        List<byte> field = [tag];
        uint length = (uint)content.Length;
        for (; length > 0x7F; length >>= 7)
            field.Add((byte)(length | 0x80));
        return [.. field, (byte)length, .. content];
    }
}
