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
    public void Available_AnyProcessor_EndsWithScalarAndHasAVectorKernel()
    {
        Assert.Equal("scalar", KernelCatalog.Available[^1].Name);
        Assert.Contains(KernelCatalog.Available, kernel => kernel.Name == "vector128");
    }
}
