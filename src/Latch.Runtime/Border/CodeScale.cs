using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Latch.Runtime.Border;

/// <summary>
/// Between real numbers and the codes of one tensor. All arithmetic is in double precision, one rounding per operation, so that vectors of any width and single
/// values give the same codes on every processor.
/// </summary>
internal readonly struct CodeScale(TensorSlot slot)
{
    private readonly double _scale = slot.Quantization.Scale;
    private readonly double _reciprocal = 1 / slot.Quantization.Scale;
    private readonly double _low = slot.MinCode;
    private readonly double _high = slot.MaxCode;

    public int ZeroPoint { get; } = slot.ZeroPoint;

    /// <summary>floor(x r + 1/2) + z, limited to the codes.</summary>
    public int Encode(double value) => (int)Math.Clamp(Math.Floor((value * _reciprocal) + 0.5) + ZeroPoint, _low, _high);

    /// <summary>s (q - z).</summary>
    public float Decode(int code) => (float)(_scale * (code - ZeroPoint));

    /// <summary>Encodes whole vectors from the beginning; returns how many values: it ends where too few are left or one is not finite.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public int Encode(ReadOnlySpan<float> values, in CodeSpan codes)
    {
        int done = 0;
        ref float source = ref MemoryMarshal.GetReference(values);
        for (; done <= values.Length - 8; done += 8)
        {
            Vector128<float> first = Vector128.LoadUnsafe(ref source, (nuint)done), second = Vector128.LoadUnsafe(ref source, (nuint)done + 4);
            // x - x is 0 for finite x only.
            if (!Vector128.EqualsAll((first - first) + (second - second), Vector128<float>.Zero))
                break;
            Vector128<short> words = Vector256.IsHardwareAccelerated ? Encode(Vector256.Create(first, second)) : Vector128.Narrow(Encode(first), Encode(second));
            if (codes.IsWide)
                words.StoreUnsafe(ref MemoryMarshal.GetReference(codes.Wide), (nuint)done);
            else
                Vector128.Narrow(words, words).GetLower().StoreUnsafe(ref MemoryMarshal.GetReference(codes.Narrow), (nuint)done);
        }
        return done;
    }

    /// <summary>Decodes all codes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Decode(in CodeSpan codes, Span<float> values)
    {
        int done = 0;
        values = values[..codes.Count];
        ref float target = ref MemoryMarshal.GetReference(values);
        for (; codes.IsWide && done <= values.Length - 8; done += 8)
        {
            Vector128<short> words = Vector128.LoadUnsafe(ref MemoryMarshal.GetReference(codes.Wide), (nuint)done);
            Vector256<int> differences = Vector256.Create(Vector128.WidenLower(words), Vector128.WidenUpper(words)) - Vector256.Create(ZeroPoint);
            if (Vector256.IsHardwareAccelerated)
            {
                Decode(differences).StoreUnsafe(ref target, (nuint)done);
                continue;
            }
            Decode(differences.GetLower()).StoreUnsafe(ref target, (nuint)done);
            Decode(differences.GetUpper()).StoreUnsafe(ref target, (nuint)done + 4);
        }
        for (; done < values.Length; done++)
            values[done] = Decode(codes[done]);
    }

    private Vector128<short> Encode(Vector256<float> values)
    {
        if (Avx512F.IsSupported)
        {
            Vector256<int> whole = Avx512F.ConvertToVector256Int32WithTruncation(Encode(Avx512F.ConvertToVector512Double(values)));
            return Vector128.Narrow(whole.GetLower(), whole.GetUpper());
        }
        (Vector256<double> lower, Vector256<double> upper) = Vector256.Widen(values);
        Vector256<int> codes = Vector256.ConvertToInt32Native(Vector256.Narrow(Encode(lower), Encode(upper)));
        return Vector128.Narrow(codes.GetLower(), codes.GetUpper());
    }

    private Vector512<double> Encode(Vector512<double> values)
    {
        Vector512<double> codes = Vector512.Floor((values * _reciprocal) + Vector512.Create(0.5)) + Vector512.Create((double)ZeroPoint);
        return Vector512.MinNative(Vector512.MaxNative(codes, Vector512.Create(_low)), Vector512.Create(_high));
    }

    private Vector256<double> Encode(Vector256<double> values)
    {
        Vector256<double> codes = Vector256.Floor((values * _reciprocal) + Vector256.Create(0.5)) + Vector256.Create((double)ZeroPoint);
        return Vector256.MinNative(Vector256.MaxNative(codes, Vector256.Create(_low)), Vector256.Create(_high));
    }

    private Vector128<int> Encode(Vector128<float> values)
    {
        (Vector128<double> lower, Vector128<double> upper) = Vector128.Widen(values);
        return Vector128.ConvertToInt32Native(Vector128.Narrow(Encode(lower), Encode(upper)));
    }

    private Vector128<double> Encode(Vector128<double> values)
    {
        Vector128<double> codes = Vector128.Floor((values * _reciprocal) + Vector128.Create(0.5)) + Vector128.Create((double)ZeroPoint);
        return Vector128.MinNative(Vector128.MaxNative(codes, Vector128.Create(_low)), Vector128.Create(_high));
    }

    /// <summary>A code has 17 bits at most with its zero point removed, so single precision holds it exactly on the way.</summary>
    private Vector256<float> Decode(Vector256<int> codes)
    {
        if (Avx512F.IsSupported)
            return Avx512F.ConvertToVector256Single(Avx512F.ConvertToVector512Double(codes) * _scale);
        (Vector256<double> lower, Vector256<double> upper) = Vector256.Widen(Vector256.ConvertToSingle(codes));
        return Vector256.Narrow(lower * _scale, upper * _scale);
    }

    private Vector128<float> Decode(Vector128<int> codes)
    {
        (Vector128<double> lower, Vector128<double> upper) = Vector128.Widen(Vector128.ConvertToSingle(codes));
        return Vector128.Narrow(lower * _scale, upper * _scale);
    }
}
