using Mono.Cecil;

namespace Latch.Conventions.Tests;

/// <summary>The runtime's compiled code computes in integers only; floating point lives in Latch.Runtime.Border.</summary>
public sealed class RuntimeFloatTests
{
    private const string Border = "Latch.Runtime.Border";
    private const int FewestMethods = 150;

    [Fact]
    public void Runtime_OutsideTheBorder_HasNoFloat()
    {
        using ModuleDefinition module = Open(typeof(Runtime.LatchModel));
        TypeDefinition[] types = [.. module.GetTypes().Where(static type => !IsBorder(type))];
        int methods = types.Sum(static type => type.Methods.Count(static method => method.HasBody));
        Assert.True(methods >= FewestMethods, $"Only {methods} methods were scanned.");
        Assert.Empty(types.SelectMany(FloatScan.Find));
    }

    [Fact]
    public void Runtime_Border_HasFloat()
    {
        using ModuleDefinition module = Open(typeof(Runtime.LatchModel));
        Assert.NotEmpty(module.GetTypes().Where(IsBorder).SelectMany(FloatScan.Find));
    }

    [Theory]
    [InlineData("Field", "_field: field")]
    [InlineData("ArrayField", "_values: field")]
    [InlineData("Parameter", "signature")]
    [InlineData("Result", "signature")]
    [InlineData("Constant", "ldc.r8")]
    [InlineData("Conversion", "conv.r8")]
    [InlineData("SpanElement", "get_Item")]
    [InlineData("ArrayElement", "stelem.r4")]
    [InlineData("Local", "local")]
    [InlineData("Call", "get_E")]
    [InlineData("Vector", "Vector128")]
    public void Find_TypeWithFloat_FindsIt(string name, string expected)
    {
        using ModuleDefinition module = Open(typeof(FloatSamples));
        TypeDefinition sample = module.GetTypes().Single(type => type.Name == name && type.DeclaringType?.Name == nameof(FloatSamples));
        Assert.Contains(FloatScan.Find(sample), found => found.Contains(expected, StringComparison.Ordinal));
    }

    [Fact]
    public void Find_SpansPassedAlong_FindsNothing()
    {
        using ModuleDefinition module = Open(typeof(FloatSamples));
        TypeDefinition sample = module.GetTypes().Single(static type => type.Name == nameof(FloatSamples.PassedAlong));
        Assert.Equal(["Of", "Both", "Empty"], sample.Methods.Select(static method => method.Name));
        Assert.Empty(FloatScan.Find(sample));
    }

    private static bool IsBorder(TypeDefinition type)
    {
        TypeDefinition outermost = type;
        while (outermost.DeclaringType is not null)
            outermost = outermost.DeclaringType;
        return outermost.Namespace == Border;
    }

    private static ModuleDefinition Open(Type type) => ModuleDefinition.ReadModule(type.Assembly.Location);
}
