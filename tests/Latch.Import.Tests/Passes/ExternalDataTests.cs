using System.Runtime.InteropServices;
using Latch.Import.Graph;
using Latch.Import.Onnx;
using Latch.Import.Tests.Support;

namespace Latch.Import.Tests.Passes;

/// <summary>Tensors whose data lie in files beside the model.</summary>
public sealed class ExternalDataTests : IDisposable
{
    private static readonly float[] s_weights = [1, 2, 3, 4, 5, 6];

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("latch-external");

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory]
    [InlineData("weights.bin", null)]
    [InlineData("sub/weights.bin", "24")]
    public void Import_DataInAnotherFile_AreRead(string location, string? length)
    {
        FloatModel model = OnnxImporter.Import(Write(location, "8", length));

        Assert.Equal([1, 3, 5, 2, 4, 6], Assert.IsType<DenseNode>(Assert.Single(model.Nodes)).Weights.Data);
    }

    [Theory]
    [InlineData("../weights.bin", "8", "24", "not within the model's folder")]
    [InlineData("sub/../../weights.bin", "8", "24", "not within the model's folder")]
    [InlineData("/etc/hostname", "0", "24", "not within the model's folder")]
    [InlineData("", "0", "24", "not within the model's folder")]
    [InlineData("weights.bin", "9", "24", "which has 32")]
    [InlineData("weights.bin", "9223372036854775807", "24", "which has 32")]
    [InlineData("weights.bin", "-8", "24", "is no number")]
    [InlineData("weights.bin", "8", "25", "the stored length is 25")]
    [InlineData("weights.bin", "8", "9000000000000", "the stored length is 9000000000000")]
    public void Import_DataThatCannotBe_AreRefusedWithTheReason(string location, string offset, string length, string why)
    {
        string path = Write("weights.bin", offset, length, location);

        ImportException refusal = Assert.Throws<ImportException>(() => OnnxImporter.Import(path));

        Assert.Equal(ImportErrorCode.BrokenTensor, refusal.Code);
        Assert.Contains("tensor 'W'", refusal.Message, StringComparison.Ordinal);
        Assert.Contains(why, refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Import_LinkOutOfTheFolder_IsRefused()
    {
        DirectoryInfo outside = Directory.CreateTempSubdirectory("latch-outside");
        try
        {
            File.WriteAllBytes(Path.Combine(outside.FullName, "secret.bin"), new byte[32]);
            string path = Write("weights.bin", "8", "24", "linked.bin");
            File.CreateSymbolicLink(Path.Combine(_folder.FullName, "linked.bin"), Path.Combine(outside.FullName, "secret.bin"));

            Assert.Contains("not within", Assert.Throws<ImportException>(() => OnnxImporter.Import(path)).Message, StringComparison.Ordinal);
        }
        finally
        {
            outside.Delete(recursive: true);
        }
    }

    [Fact]
    public void Import_FileThatIsMissing_IsRefused()
    {
        string path = Write("weights.bin", "8", "24", "other.bin");

        Assert.Contains("cannot be read", Assert.Throws<ImportException>(() => OnnxImporter.Import(path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Import_BytesWithoutAFolder_AreRefused()
    {
        byte[] bytes = File.ReadAllBytes(Write("weights.bin", "8", "24"));

        Assert.Contains("import the model by its path", Assert.Throws<ImportException>(() => OnnxImporter.Import(bytes, "model")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Import_ShapeLargerThanTheFile_AllocatesNothingForIt()
    {
        string path = Write("weights.bin", "8", null, dimensions: [1 << 14, 1 << 14]);
        long before = GC.GetAllocatedBytesForCurrentThread();

        Assert.Throws<ImportException>(() => OnnxImporter.Import(path));

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 50_000_000);
    }

    /// <summary>x [1,3] times W [3,2], whose six numbers lie in a file behind eight other bytes.</summary>
    private string Write(string file, string? offset, string? length, string? location = null, long[]? dimensions = null)
    {
        string data = Path.Combine(_folder.FullName, file);
        Directory.CreateDirectory(Path.GetDirectoryName(data)!);
        File.WriteAllBytes(data, [.. new byte[8], .. MemoryMarshal.AsBytes(s_weights.AsSpan())]);
        OnnxWriter writer = SmallModels.Dense();
        TensorProto tensor = writer.Model.Graph.Initializer.Single();
        tensor.RawData = Google.Protobuf.ByteString.Empty;
        tensor.DataLocation = TensorProto.Types.DataLocation.External;
        foreach ((string key, string? value) in new[] { ("location", location ?? file), ("offset", offset), ("length", length) })
        {
            if (value is not null)
                tensor.ExternalData.Add(new StringStringEntryProto { Key = key, Value = value });
        }
        if (dimensions is not null)
        {
            tensor.Dims.Clear();
            tensor.Dims.AddRange(dimensions);
        }
        string path = Path.Combine(_folder.FullName, "model.onnx");
        File.WriteAllBytes(path, writer.ToBytes());
        return path;
    }
}
