namespace Latch.Model.Tests;

public sealed class ModelFileTests
{
    [Fact]
    public void ToBytes_WrittenAndRead_GivesTheSameBytes()
    {
        ModelDefinition model = SampleModels.Lstm();
        byte[] file = ModelWriter.ToBytes(model);
        ModelDefinition read = ModelReader.Read(file, "test.latch");
        Assert.Equal(file, ModelWriter.ToBytes(read));
        Assert.Equal(model.Layers[0].PreActivationLimits, read.Layers[0].PreActivationLimits);
        Assert.Equal(model.Constants["lstm.R"].Bytes.ToArray(), read.Constants["lstm.R"].Bytes.ToArray());
    }
}
