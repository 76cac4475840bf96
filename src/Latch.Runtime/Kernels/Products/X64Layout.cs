using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Latch.Runtime.Kernels.Products;

/// <summary>
/// What the x64 products share. A tile is [group of columns][gate][16 rows][columns of the group]: four columns for int8 codes, two for int16, so that one
/// row's weights of a group fill a lane (half of it in int16, to be widened). Prepared int8 codes: the sum of |x| over the negative x (64 bytes), |x|, and
/// s = -1 where x is negative, each filled with zeros to a multiple of 16 and in room for a multiple of 64. Prepared int16 codes: the codes, filled with zeros.
/// </summary>
internal static class X64Layout
{
    /// <summary>Bytes before |x|.</summary>
    public const int Header = 64;

    private static int Group(bool wide) => wide ? 2 : 4;

    public static int TileBytes(TileShape shape)
    {
        int group = Group(shape.IsWide);
        return AlignedBuffer.Align((shape.Columns + group - 1) / group * group * shape.Rows);
    }

    public static void Pack(ReadOnlySpan<sbyte> rows, TileShape shape, Span<sbyte> tile)
    {
        int group = Group(shape.IsWide);
        for (int column = 0; column < shape.Columns; column += group)
        {
            int count = Math.Min(group, shape.Columns - column);
            for (int row = 0; row < shape.Rows; row++, tile = tile[group..])
                rows.Slice((row * shape.Columns) + column, count).CopyTo(tile);
        }
    }

    public static int PreparedBytes(int columns, bool wide) => wide ? AlignedBuffer.Align(2 * columns) : Header + (2 * AlignedBuffer.Align(columns));

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Prepare(in CodeSpan codes, ref byte prepared)
    {
        if (codes.IsWide)
        {
            Span<short> wide = MemoryMarshal.CreateSpan(ref Unsafe.As<byte, short>(ref prepared), PreparedBytes(codes.Count, wide: true) / 2);
            codes.Wide.CopyTo(wide);
            wide[codes.Count..].Clear();
            return;
        }
        ReadOnlySpan<sbyte> narrow = codes.Narrow;
        ref sbyte source = ref MemoryMarshal.GetReference(narrow);
        ref byte magnitudes = ref Unsafe.Add(ref prepared, Header);
        ref byte signs = ref Unsafe.Add(ref magnitudes, AlignedBuffer.Align(narrow.Length));
        // What does not fill a vector comes first: it takes a call, over which no vector is kept.
        nuint column = 0, whole = (nuint)narrow.Length & ~(nuint)15;
        Vector128<long> negative = whole < (nuint)narrow.Length ? Split(Tail(narrow, (int)whole), ref magnitudes, ref signs, whole) : default;
        for (; column < whole; column += 16)
            negative += Split(Vector128.LoadUnsafe(ref source, column), ref magnitudes, ref signs, column);
        Unsafe.As<byte, int>(ref prepared) = (int)(negative.GetElement(0) + negative.GetElement(1));
    }

    /// <summary>Stores |x| and s of 16 codes; returns the sum of |x| over the negative ones, in two parts.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<long> Split(Vector128<sbyte> codes, ref byte magnitudes, ref byte signs, nuint column)
    {
        Vector128<byte> sign = Vector128.LessThan(codes, Vector128<sbyte>.Zero).AsByte();
        Vector128<byte> magnitude = Ssse3.Abs(codes);
        magnitude.StoreUnsafe(ref magnitudes, column);
        sign.StoreUnsafe(ref signs, column);
        return Sse2.SumAbsoluteDifferences(magnitude & sign, Vector128<byte>.Zero).AsInt64();
    }

    /// <summary>The codes from <paramref name="first"/> on, 1 to 15 of them, filled with zeros. Reads within the span only.</summary>
    private static Vector128<sbyte> Tail(ReadOnlySpan<sbyte> codes, int first)
    {
        int count = codes.Length - first, last = 8 * (count % 8);
        if (codes.Length < 8)
        {
            ulong bytes = 0;
            for (int i = codes.Length - 1; i >= 0; i--)
                bytes = (bytes << 8) | (byte)codes[i];
            return Vector128.Create(bytes, 0).AsSByte();
        }
        ReadOnlySpan<byte> all = MemoryMarshal.AsBytes(codes);
        ulong end = last == 0 ? 0 : BinaryPrimitives.ReadUInt64LittleEndian(all[^8..]) >> (64 - last);
        return (count < 8 ? Vector128.Create(end, 0) : Vector128.Create(BinaryPrimitives.ReadUInt64LittleEndian(all[first..]), end)).AsSByte();
    }
}
