using Latch.Model;
using Latch.Runtime.Tests.Reference;

namespace Latch.Runtime.Tests.Operators;

/// <summary>Operations that multiply with the same weights.</summary>
public sealed class SharedWeightTests
{
    private const int Columns = 4096;

    [Theory]
    [InlineData(1)]
    [InlineData(300)]
    public void Create_ManyOperationsOfOneMatrix_PacksItOnce(int operations)
    {
        // Rows are packed in groups of 16; each operation has its own 16 multipliers and sums beside them.
        var random = new Random(1);
        ConstantTensor weights = ConstantTensor.Of("W", [1, Columns], [.. Enumerable.Range(0, Columns).Select(_ => (sbyte)random.Next(-127, 128))]);
        ConstantTensor bias = ConstantTensor.Of("b", [1], new[] { 0 }), multiplier = ConstantTensor.Of("M", [1], new[] { 1 << 12 });
        ActivationTensor[] tensors = [new("x", [Columns], OperatorModel.Int8(0.1, 0)), .. Enumerable.Range(0, operations).Select(static i => new ActivationTensor($"y{i}", [1], OperatorModel.Int8(0.1, 0)))];
        var plan = new Plan
        {
            Steps = 1,
            Tensors = tensors,
            ConstantTensors = new Dictionary<int, string>(),
            Inputs = [new PlanPort("x", 0)],
            Outputs = [.. Enumerable.Range(0, operations).Select(static i => new PlanPort($"y{i}", i + 1))],
            Operations = [.. Enumerable.Range(0, operations).Select(static i => new DenseOperation { Name = $"dense {i}", Input = 0, Output = i + 1, Rows = 1, Weights = "W", Bias = "b", Multipliers = "M", Shift = 24 })],
        };
        var definition = new ModelDefinition { Name = "shared", Layers = [], Step = plan, NotStreamable = null, Constants = new[] { weights, bias, multiplier }.ToDictionary(static constant => constant.Name) };

        using LatchModel model = LatchModel.Create(definition);

        Assert.InRange(model.WeightBytes, Columns, (32 * Columns) + (512 * operations));
        short[] codes = [.. Enumerable.Range(0, Columns).Select(_ => (short)random.Next(-128, 128))], results = new short[operations];
        model.CreateSession().Step(codes, results);
        Assert.All(results, result => Assert.Equal(results[0], result));
        long sum = codes.Zip(weights.Int8.ToArray(), static (code, weight) => (long)code * weight).Sum();
        Assert.Equal(Math.Clamp(((sum << 12) + (1L << 23)) >> 24, -128, 127), results[0]);
    }
}
