using Latch.Model;
using Latch.Runtime.Kernels;

namespace Latch.Runtime.Tests.Kernels;

public sealed class KernelCatalogTests
{
    [Fact]
    public void Choose_UnknownName_NamesThoseThatExist()
    {
        ArgumentException error = Assert.Throws<ArgumentException>(() => KernelCatalog.Choose("quantum"));
        Assert.Contains("quantum", error.Message, StringComparison.Ordinal);
        Assert.Contains("scalar", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Choose_NameInTheEnvironment_IsTakenUnlessTheOptionNamesOne()
    {
        string? before = Environment.GetEnvironmentVariable(KernelCatalog.Variable);
        try
        {
            Environment.SetEnvironmentVariable(KernelCatalog.Variable, "scalar");
            Assert.Equal("scalar", KernelCatalog.Choose(null).Name);
            Assert.Equal("vector128", KernelCatalog.Choose("vector128").Name);
        }
        finally
        {
            Environment.SetEnvironmentVariable(KernelCatalog.Variable, before);
        }
    }

    [Fact]
    public void MemoryWith_EveryKernelOfThisProcessor_IsWhatAModelOnItHas()
    {
        ModelDefinition definition = ModelReader.Read(Path.Combine(SharedData.Repository, "samples", "gates", "gates-lstm.latch"));
        using LatchModel any = LatchModel.Create(definition);
        foreach (string kernel in LatchModel.AvailableKernels)
        {
            using LatchModel model = LatchModel.Create(definition, new LatchModelOptions { Kernel = kernel });
            Assert.Equal((model.WeightBytes, model.CreateSession().MemoryBytes), any.MemoryWith(kernel));
        }
        Assert.Throws<ArgumentException>(() => any.MemoryWith("quantum"));
    }

    // One of them is of another processor, whatever this one is. Both of ARM lie alike in memory.
    [Theory]
    [InlineData("avx512")]
    [InlineData("avx2")]
    [InlineData("dotprod")]
    [InlineData("advsimd")]
    public void MemoryWith_KernelOfAnotherProcessor_HoldsTheWeights(string kernel)
    {
        ModelDefinition definition = ModelReader.Read(Path.Combine(SharedData.Repository, "samples", "gates", "gates-gru.latch"));
        using LatchModel model = LatchModel.Create(definition);
        long weights = definition.Constants.Values.Where(static tensor => tensor.Type == ElementType.Int8).Sum(static tensor => (long)tensor.Int8.Length);
        (long weightBytes, long sessionBytes) = model.MemoryWith(kernel);
        Assert.InRange(weightBytes, weights, 2 * weights);
        Assert.InRange(sessionBytes, 1, 1 << 20);
        Assert.Equal(model.MemoryWith("dotprod"), model.MemoryWith("advsimd"));
    }

    [Fact]
    public void Available_AnyProcessor_EndsWithScalarAndHasAVectorKernel()
    {
        Assert.Equal("scalar", KernelCatalog.Available[^1].Name);
        Assert.Contains(KernelCatalog.Available, kernel => kernel.Name == "vector128");
    }
}
