using Latch.Model.Validation;

namespace Latch.Model.Tests;

public sealed class AccumulatorBoundsTests
{
    // The largest sum of |weight| that fits: (2^31 - 1) / 128 = 16,777,215 for int8 codes, (2^31 - 1) / 32768 = 65,535 for int16 codes.
    [Theory]
    [InlineData(ElementType.Int8, 132_104, 7, true)]
    [InlineData(ElementType.Int8, 132_104, 8, false)]
    [InlineData(ElementType.Int16, 516, 3, true)]
    [InlineData(ElementType.Int16, 516, 4, false)]
    public void RowFits_SumAtTheBound_IsExact(ElementType type, int count, int last, bool fits)
    {
        sbyte[] row = new sbyte[count + 1];
        for (int i = 0; i < count; i++)
            row[i] = (sbyte)(i % 2 == 0 ? 127 : -127);
        row[count] = (sbyte)last;
        Assert.Equal(fits, AccumulatorBounds.RowFits(row, type));
    }

    // One int8 weight of 127: |A| <= 16,256 and K = 2^(S-1); after the shift the sum must stay below 2^31.
    [Theory]
    [InlineData(132_104, 1, true)]
    [InlineData(264_208, 1, true)]
    [InlineData(264_209, 1, false)]
    public void FindViolation_SumAfterTheShift_IsExact(int multiplier, int shift, bool fits)
    {
        ModelDefinition model = new ModelBuilder(1, 1, 1).Recurrent(CellKind.Rnn, 1, false).Build();
        RecurrentLayer layer = model.Layers[0] with
        {
            Input = new Quantization(ElementType.Int8, 1, 0),
            Hidden = new Quantization(ElementType.Int8, 1, 0),
            Shift = shift,
            BiasFractionBits = 0,
        };
        Dictionary<string, ConstantTensor> constants = new(model.Constants)
        {
            [layer.InputWeights] = ConstantTensor.Of(layer.InputWeights, [1, 1], [(sbyte)127]),
            [layer.RecurrentWeights] = ConstantTensor.Of(layer.RecurrentWeights, [1, 1], [(sbyte)0]),
            [layer.InputMultipliers] = ConstantTensor.Of(layer.InputMultipliers, [1], [multiplier]),
            [layer.RecurrentMultipliers] = ConstantTensor.Of(layer.RecurrentMultipliers, [1], [0]),
            [layer.Bias] = ConstantTensor.Of(layer.Bias, [1], [0]),
        };
        string? violation = AccumulatorBounds.FindViolation(model with { Layers = [layer], Constants = constants });
        Assert.True(fits == violation is null, violation);
    }

    // Lengths on both sides of a vector's 16 weights and of the 127 vectors that are added up in 16 bits.
    [Theory]
    [InlineData(0, 70)]
    [InlineData(2000, 2070)]
    [InlineData(4050, 4080)]
    public void RowSums_AnyRow_AreThoseOfOneWeightAfterTheOther(int shortest, int longest)
    {
        Random random = new(3);
        for (int length = shortest; length <= longest; length++)
        {
            foreach (int smallest in new[] { -128, -127, 0, 127 })
            {
                sbyte[] row = new sbyte[length];
                for (int i = 0; i < length; i++)
                    row[i] = (sbyte)random.Next(smallest, 128);
                RowSums expected = new(row.Sum(static weight => (long)weight), row.Sum(static weight => Math.Abs((long)weight)), (sbyte)Math.Min(0, row.DefaultIfEmpty().Min(static weight => (int)weight)));
                Assert.Equal(expected, RowSums.Of(row));
            }
        }
    }

    [Fact]
    public void RowSums_LongRowOfMinimum_DoNotOverflow() =>
        Assert.Equal(new RowSums(-128L * 70_000, 128L * 70_000, -128), RowSums.Of(Enumerable.Repeat(sbyte.MinValue, 70_000).ToArray()));
}
