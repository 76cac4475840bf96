using Latch.Import.Graph;
using Latch.Import.Reference;
using Latch.Import.Tests.Support;

namespace Latch.Import.Tests.Operators;

/// <summary>
/// Single operators of random shapes and attributes agree with ONNX Runtime, in every operator set that has them. The budget is absolute for outputs up
/// to 1 and relative above.
/// </summary>
public sealed class OperatorTests
{
    private const double Budget = 1e-5;
    private const int Cases = 100;

    public static TheoryData<string> Names() => [.. OperatorCases.All.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void Run_RandomCases_AgreeWithOnnxRuntime(string name)
    {
        for (int seed = 0; seed < Cases; seed++)
        {
            OperatorCase written = OperatorCase.Write(name, seed);
            byte[] bytes = written.Writer.ToBytes();
            using OnnxOracle oracle = new(bytes);
            FloatModel model = OnnxImporter.Import(bytes, name);
            Dictionary<string, float[]> inputs = written.Inputs(model.Inputs.Select(input => (input.Name, model.Count(input.Name))));

            double largest = Agreement.WithOracle(model, oracle, inputs, scaleAbove: 1);

            Assert.True(largest <= Budget, $"case {seed}: largest difference {largest:E2}, opset {written.Opset}: {written.Description}");
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Run_Again_AllocatesNothing(string name)
    {
        OperatorCase written = Enumerable.Range(0, Cases).Select(seed => OperatorCase.Write(name, seed)).First(one => one.Writer.Model.Graph.Input.Count == 1);
        FloatModel model = OnnxImporter.Import(written.Writer.ToBytes(), name);
        FloatReference reference = new(model);
        float[] input = written.Inputs([(model.Inputs[0].Name, model.Count(model.Inputs[0].Name))])[model.Inputs[0].Name];
        reference.Run(input);

        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int run = 0; run < 100; run++)
            reference.Run(input);

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }
}
