using System.IO.Compression;
using System.Security.Cryptography;
using System.Text.Json;

namespace Latch.Model.Tests;

public sealed class ModelFileTests
{
    private const int RandomModels = 300;

    [Fact]
    public void Read_RandomModels_GiveTheSameDefinitionAndBytes()
    {
        HashSet<Type> kinds = [];
        for (int seed = 0; seed < RandomModels; seed++)
        {
            ModelDefinition model = ModelBuilder.Random(seed);
            byte[] file = ModelWriter.ToBytes(model);
            ModelDefinition read = ModelReader.Read(file, "random.latch");
            Assert.Equivalent(model with { Constants = new Dictionary<string, ConstantTensor>() }, read with { Constants = new Dictionary<string, ConstantTensor>() }, strict: true);
            Assert.Equal(Contents(model), Contents(read));
            Assert.Equal(file, ModelWriter.ToBytes(read));
            kinds.UnionWith(model.Sequence!.Operations.Select(static operation => operation.GetType()));
        }
        Assert.Equal(18, kinds.Count);
    }

    [Fact]
    public void ToBytes_SameModelTwice_GivesTheSameBytes() =>
        Assert.Equal(ModelWriter.ToBytes(ModelBuilder.Random(7)), ModelWriter.ToBytes(ModelBuilder.Random(7)));

    [Fact]
    public void ToBytes_ReadByAnIndependentReader_GivesTensorsAlignedAndUnchanged()
    {
        for (int seed = 0; seed < 50; seed++)
        {
            ModelDefinition model = ModelBuilder.Random(seed);
            byte[] file = ModelWriter.ToBytes(model);
            PlainSafetensors plain = PlainSafetensors.Open(file);
            Assert.Equal(0, plain.DataStart % 64);
            foreach (ConstantTensor constant in model.Constants.Values)
            {
                (string type, int[] shape, int begin, byte[] data) = plain.Tensors[constant.Name];
                Assert.Equal(constant.Type switch { ElementType.Int8 => "I8", ElementType.Int16 => "I16", _ => "I32" }, type);
                Assert.Equal(constant.Shape, shape);
                Assert.Equal(constant.Bytes, data);
                Assert.Equal(0, begin % 64);
            }
            Assert.All(plain.Tensors.Keys.Except(model.Constants.Keys), static name => Assert.StartsWith("__pad.", name, StringComparison.Ordinal));
        }
    }

    [Fact]
    public void ToBytes_Metadata_IsReadableWithoutLatch()
    {
        ModelDefinition model = ModelBuilder.Lstm();
        byte[] file = ModelWriter.ToBytes(model);
        PlainSafetensors plain = PlainSafetensors.Open(file);
        Assert.Equal(("latch", "1", 4), (plain.Metadata["format"], plain.Metadata["version"], plain.Metadata.Count));
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(file.AsSpan(plain.DataStart))), plain.Metadata["sha256"]);
        using ZLibStream zlib = new(new MemoryStream(Convert.FromBase64String(plain.Metadata["definition"])), CompressionMode.Decompress);
        using JsonDocument definition = JsonDocument.Parse(zlib);
        JsonElement layer = definition.RootElement.GetProperty("layers")[0];
        Assert.Equal(model.Name, definition.RootElement.GetProperty("name").GetString());
        Assert.Equal("Lstm", layer.GetProperty("kind").GetString());
        Assert.Equal(model.Layers[0].Input.Scale, layer.GetProperty("input").GetProperty("scale").GetDouble());
    }

    [Fact]
    public void ToBytes_Reasons_AreKeptAndMissingWithoutAny()
    {
        ModelDefinition model = ModelBuilder.Lstm();
        ModelDefinition With(IReadOnlyList<string>? reasons) => ModelReader.Read(ModelWriter.ToBytes(model with { Provenance = model.Provenance with { Reasons = reasons } }), "reasons.latch");
        Assert.Equal(["x to 16 bits, kept", "\u6c34"], With(["x to 16 bits, kept", "\u6c34"]).Provenance.Reasons);
        Assert.Empty(With([]).Provenance.Reasons!);
        Assert.Null(With(null).Provenance.Reasons);
        // A file from before there were reasons: the member is not there at all.
        FileSurgeon older = new(model with { Provenance = model.Provenance with { Reasons = null } });
        Assert.False(older.Definition["provenance"]!.AsObject().ContainsKey("reasons"));
        Assert.Null(ModelReader.Read(older.Close(), "older.latch").Provenance.Reasons);
    }

    [Fact]
    public void Write_GivenPath_LeavesOnlyTheFile()
    {
        using TemporaryFolder folder = new();
        string path = Path.Combine(folder.Path, "model.latch");
        File.WriteAllText(path, "an older file");
        ModelWriter.Write(ModelBuilder.Lstm(), path);
        Assert.Equal([path], Directory.GetFileSystemEntries(folder.Path));
        Assert.Equal(ModelWriter.ToBytes(ModelBuilder.Lstm()), ModelWriter.ToBytes(ModelReader.Read(path)));
    }

    [Theory]
    [InlineData("absent/model.latch")]
    [InlineData("folder")]
    public void Write_UnwritablePath_NamesItAndLeavesNothing(string relativePath)
    {
        using TemporaryFolder folder = new();
        Directory.CreateDirectory(Path.Combine(folder.Path, "folder"));
        string path = Path.Combine(folder.Path, relativePath);
        IOException error = Assert.Throws<IOException>(() => ModelWriter.Write(ModelBuilder.Lstm(), path));
        Assert.StartsWith(path, error.Message, StringComparison.Ordinal);
        Assert.Equal([Path.Combine(folder.Path, "folder")], Directory.GetFileSystemEntries(folder.Path));
    }

    [Fact]
    public void Write_BrokenModel_LeavesNothing()
    {
        using TemporaryFolder folder = new();
        ModelDefinition broken = ModelBuilder.Lstm() with { Layers = [] };
        Assert.Throws<ModelFormatException>(() => ModelWriter.Write(broken, Path.Combine(folder.Path, "model.latch")));
        Assert.Empty(Directory.GetFileSystemEntries(folder.Path));
    }

    [Theory]
    [InlineData("absent.latch")]
    [InlineData("")]
    public void Read_UnreadablePath_SaysSo(string relativePath)
    {
        using TemporaryFolder folder = new();
        string path = Path.Combine(folder.Path, relativePath);
        ModelFormatException error = Assert.Throws<ModelFormatException>(() => ModelReader.Read(path));
        Assert.Equal(ModelFormatCode.Unreadable, error.Code);
        Assert.Contains(path, error.Message, StringComparison.Ordinal);
    }

    private static IEnumerable<string> Contents(ModelDefinition model) => model.Constants.Values
        .OrderBy(static constant => constant.Name, StringComparer.Ordinal)
        .Select(static constant => $"{constant.Name} {constant.Type} {string.Join('x', constant.Shape)} {Convert.ToHexString(constant.Bytes)}");
}
