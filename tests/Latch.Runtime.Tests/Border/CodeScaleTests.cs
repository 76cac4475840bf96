using Latch.Model;
using Latch.Runtime.Border;

namespace Latch.Runtime.Tests.Border;

/// <summary>Vectors of any width give what single values give.</summary>
public sealed class CodeScaleTests
{
    public static TheoryData<double, int, bool> Scales => new(
        from scale in new[] { 1.0, 0.25, 0.0371, 3e-5, 1e-300, 1e300 } from zero in new[] { -128, -1, 0, 5, 127 } from wide in new[] { false, true } where !wide || zero == 0 select (scale, zero, wide));

    [Theory]
    [MemberData(nameof(Scales))]
    public void Encode_TiesAndExtremes_EqualsSingleValues(double scale, int zeroPoint, bool wide)
    {
        CodeScale codes = Create(scale, zeroPoint, wide);
        float[] values = [.. Readings(scale)];
        values = values[..(values.Length & ~7)];
        byte[] bytes = new byte[2 * values.Length];
        var span = new CodeSpan(bytes.AsSpan(0, wide ? 2 * values.Length : values.Length), wide ? ElementType.Int16 : ElementType.Int8);
        Assert.Equal(values.Length, codes.Encode(values, in span));
        for (int i = 0; i < values.Length; i++)
            Assert.Equal(codes.Encode(values[i]), span[i]);
    }

    [Theory]
    [MemberData(nameof(Scales))]
    public void Decode_EveryCode_EqualsSingleValues(double scale, int zeroPoint, bool wide)
    {
        CodeScale codes = Create(scale, zeroPoint, wide);
        int low = wide ? short.MinValue : sbyte.MinValue, count = wide ? 65536 : 256;
        var span = new CodeSpan(new byte[wide ? 2 * count : count], wide ? ElementType.Int16 : ElementType.Int8);
        for (int i = 0; i < count; i++)
            span[i] = low + i;
        float[] values = new float[count];
        codes.Decode(in span, values);
        for (int i = 0; i < count; i++)
            Assert.Equal((float)(scale * (low + i - zeroPoint)), values[i]);
    }

    private static CodeScale Create(double scale, int zeroPoint, bool wide) =>
        new(new TensorSlot(0, new ActivationTensor("x", [1], new Quantization(wide ? ElementType.Int16 : ElementType.Int8, scale, zeroPoint))));

    private static IEnumerable<float> Readings(double scale)
    {
        for (int code = -300; code <= 300; code++)
        {
            float tie = (float)(scale * (code + 0.5));
            foreach (float value in new[] { tie, MathF.BitIncrement(tie), MathF.BitDecrement(tie), (float)(scale * code) })
                yield return float.IsFinite(value) ? value : 0;
        }
        foreach (float value in new[] { 0, -0.0f, float.Epsilon, -float.Epsilon, float.MaxValue, float.MinValue, 32767.5f, -32768.5f })
            yield return value;
    }
}
