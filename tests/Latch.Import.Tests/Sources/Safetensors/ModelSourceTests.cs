using Latch.Import.Graph;
using Latch.Import.Sources;
using Latch.Import.Tests.Support;

namespace Latch.Import.Tests.Sources.Safetensors;

/// <summary>A file is taken for what it holds, whatever it is called.</summary>
public sealed class ModelSourceTests
{
    [Fact]
    public void Import_OnnxFile_IsWhatTheOnnxImporterGives()
    {
        string path = Path.Combine(Directory.CreateTempSubdirectory("latch-source-").FullName, "model.json");
        File.WriteAllBytes(path, SmallModels.Lstm().ToBytes());
        try
        {
            ModelSource source = ModelSource.Open(path);
            FloatModel expected = OnnxImporter.Import(path, new ImportOptions { Steps = 4 });
            FloatModel actual = source.Import(new ImportOptions { Steps = 4 });
            Assert.Equal(("onnx", expected.SourceSha256, 4), (source.Kind, actual.SourceSha256, actual.Steps));
            Assert.Equal(expected.Nodes.Select(node => node.Name), actual.Nodes.Select(node => node.Name));
            Assert.Equal(new FileInfo(path).Length, source.Bytes);
            Assert.Null(source.ToOnnx());
        }
        finally
        {
            Directory.Delete(Path.GetDirectoryName(path)!, recursive: true);
        }
    }

    [Fact]
    public void Open_MissingFile_IsRefused() => Assert.Equal(
        ImportErrorCode.Unreadable, Assert.Throws<ImportException>(() => ModelSource.Open(Path.Combine(Path.GetTempPath(), Guid.NewGuid().ToString("N"), "none.json"))).Code);

    [Fact]
    public void Import_Description_HasNamesStepsAndAHashOfBothFiles()
    {
        using DescribedModel model = new(
            """
            {
                "name": "pump", "weights": "model.safetensors", "format": "pytorch", "input": {"name": "samples", "shape": ["steps", 3]}, "output": "alarm",
                "layers": [{"type": "lstm", "prefix": "a", "bidirectional": true}, {"type": "dense", "prefix": "b"}]
            }
            """,
            RefusalTests.Weights().ToBytes());
        ModelSource source = ModelSource.Open(model.Path);
        FloatModel first = source.Import(new ImportOptions { Steps = 5 });
        Assert.Equal(("layers", "pump", 5), (source.Kind, first.Name, first.Steps));
        Assert.Equal([new ValueInfo("samples", [1, 5, 3]), new ValueInfo("alarm", [1, 5, 2])], first.Inputs.Concat(first.Outputs), Same);
        Assert.Equal(["a/forward", "a/reverse"], first.Nodes.OfType<RecurrentNode>().Select(node => node.Name));
        Assert.Equal(4L * ((2 * 4 * 4 * (3 + 4 + 2)) + (2 * 8) + 2), first.FloatBytes);
        Assert.Equal(1, source.Import().Steps);

        byte[] weights = File.ReadAllBytes(model.WeightsPath);
        weights[^1] ^= 1;
        File.WriteAllBytes(model.WeightsPath, weights);
        Assert.NotEqual(first.SourceSha256, ModelSource.Import(model.Path).SourceSha256);
    }

    private static bool Same(ValueInfo one, ValueInfo other) => one.Name == other.Name && one.Shape.SequenceEqual(other.Shape);
}
