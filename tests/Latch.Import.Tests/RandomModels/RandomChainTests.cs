using Latch.Import.Graph;
using Latch.Import.Tests.Operators;
using Latch.Import.Tests.Support;

namespace Latch.Import.Tests.RandomModels;

/// <summary>
/// Random chains of the operators around recurrent layers agree with ONNX Runtime, across operator sets. The budget is
/// absolute for outputs up to 1 and relative above.
/// </summary>
public sealed class RandomChainTests
{
    private const double Budget = 1e-5;
    private const int Models = 300;

    public static TheoryData<int> Seeds() => [.. Enumerable.Range(0, Models)];

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Run_RandomChain_AgreesWithOnnxRuntime(int seed)
    {
        ChainWriter chain = ChainWriter.Write(seed);
        using OnnxOracle oracle = new(chain.Bytes);
        FloatModel model = OnnxImporter.Import(chain.Bytes, "chain", new ImportOptions { Steps = chain.Steps });
        Dictionary<string, float[]> inputs = Agreement.RandomInputs(model, new Random(seed));

        double largest = Agreement.WithOracle(model, oracle, inputs, scaleAbove: 1);

        Assert.True(largest <= Budget, $"largest difference {largest:E2}, opset {chain.Opset}: {chain.Links}");
    }

    [Fact]
    public void Operators_AllChainsAndCases_AreThoseThatTheImporterSupports()
    {
        IEnumerable<string> seen = Enumerable.Range(0, Models).SelectMany(seed => ChainWriter.Write(seed).Operators);

        // Plain cells and control flow have tests of their own.
        string[] elsewhere = ["RNN", "If", "Loop", "Scan"];
        Assert.Equal(OnnxImporter.SupportedOperators, seen.Concat(elsewhere).Concat(OperatorCases.All.Keys).Concat(QuantizedFileTests.Operators).Concat(FusedOperatorTests.Operators).Distinct().Order(StringComparer.Ordinal));
    }
}
