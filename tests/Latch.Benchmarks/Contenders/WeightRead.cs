using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Latch.Benchmarks.Timing;

namespace Latch.Benchmarks.Contenders;

/// <summary>
/// Reads as many bytes as a layer has weights and does nothing with them but an exclusive or: the least time in which a step could see all its weights.
/// </summary>
internal sealed unsafe class WeightRead : IDisposable
{
    private const int Alignment = 64;
    private const int Accumulators = 8;
    private readonly byte* _bytes;
    private readonly nuint _length;

    /// <summary>Takes a buffer of that many bytes, rounded up to whole vectors.</summary>
    public WeightRead(int bytes)
    {
        _length = (nuint)(bytes + Alignment - 1) / Alignment * Alignment;
        _bytes = (byte*)NativeMemory.AlignedAlloc(_length, Alignment);
        new Span<byte>(_bytes, (int)_length).Fill(0x5A);
    }

    /// <summary>What the last passes came to, so that no compiler drops them.</summary>
    public byte Sum { get; private set; }

    /// <summary>Passes over the buffer with loads of 256 bits, and of 512 where the processor has them.</summary>
    public IEnumerable<Contender> Contenders(string group)
    {
        yield return new(group, "256 bits", 1, Run256);
        if (Vector512.IsHardwareAccelerated)
            yield return new(group, "512 bits", 1, Run512);
    }

    /// <inheritdoc/>
    public void Dispose() => NativeMemory.AlignedFree(_bytes);

    private void Run256(int passes)
    {
        for (int pass = 0; pass < passes; pass++)
            Sum ^= Read256(_bytes, _length);
    }

    private void Run512(int passes)
    {
        for (int pass = 0; pass < passes; pass++)
            Sum ^= Read512(_bytes, _length);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static byte Read256(byte* bytes, nuint length)
    {
        const int Width = 32;
        Vector256<byte> a = default, b = default, c = default, d = default, e = default, f = default, g = default, h = default;
        byte* end = bytes + length;
        for (; end - bytes >= Accumulators * Width; bytes += Accumulators * Width)
        {
            a ^= Vector256.LoadAligned(bytes);
            b ^= Vector256.LoadAligned(bytes + Width);
            c ^= Vector256.LoadAligned(bytes + (2 * Width));
            d ^= Vector256.LoadAligned(bytes + (3 * Width));
            e ^= Vector256.LoadAligned(bytes + (4 * Width));
            f ^= Vector256.LoadAligned(bytes + (5 * Width));
            g ^= Vector256.LoadAligned(bytes + (6 * Width));
            h ^= Vector256.LoadAligned(bytes + (7 * Width));
        }
        for (; bytes < end; bytes += Width)
            a ^= Vector256.LoadAligned(bytes);
        return (a ^ b ^ c ^ d ^ e ^ f ^ g ^ h).ToScalar();
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static byte Read512(byte* bytes, nuint length)
    {
        const int Width = 64;
        Vector512<byte> a = default, b = default, c = default, d = default, e = default, f = default, g = default, h = default;
        byte* end = bytes + length;
        for (; end - bytes >= Accumulators * Width; bytes += Accumulators * Width)
        {
            a ^= Vector512.LoadAligned(bytes);
            b ^= Vector512.LoadAligned(bytes + Width);
            c ^= Vector512.LoadAligned(bytes + (2 * Width));
            d ^= Vector512.LoadAligned(bytes + (3 * Width));
            e ^= Vector512.LoadAligned(bytes + (4 * Width));
            f ^= Vector512.LoadAligned(bytes + (5 * Width));
            g ^= Vector512.LoadAligned(bytes + (6 * Width));
            h ^= Vector512.LoadAligned(bytes + (7 * Width));
        }
        for (; bytes < end; bytes += Width)
            a ^= Vector512.LoadAligned(bytes);
        return (a ^ b ^ c ^ d ^ e ^ f ^ g ^ h).ToScalar();
    }
}
