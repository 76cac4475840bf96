using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Latch.Model;

namespace Latch.Runtime;

/// <summary>A run of codes, int8 or int16, read as integers.</summary>
public readonly ref struct CodeSpan
{
    private readonly Span<byte> _bytes;
    private readonly bool _wide;

    internal CodeSpan(Span<byte> bytes, ElementType type)
    {
        _bytes = bytes;
        _wide = type == ElementType.Int16;
    }

    /// <summary>Int8 or Int16.</summary>
    public ElementType Type => _wide ? ElementType.Int16 : ElementType.Int8;

    /// <summary>Number of codes.</summary>
    public int Count => _wide ? _bytes.Length >> 1 : _bytes.Length;

    /// <summary>The code at <paramref name="index"/>, 0 to <see cref="Count"/> - 1.</summary>
    public int this[int index]
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => _wide ? Wide[index] : (sbyte)_bytes[index];
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        internal set
        {
            if (_wide)
                Wide[index] = (short)value;
            else
                _bytes[index] = (byte)value;
        }
    }

    internal bool IsWide => _wide;

    internal ReadOnlySpan<byte> Bytes => _bytes;

    internal Span<byte> WritableBytes => _bytes;

    internal Span<sbyte> Narrow => MemoryMarshal.Cast<byte, sbyte>(_bytes);

    internal Span<short> Wide => MemoryMarshal.Cast<byte, short>(_bytes);

    internal CodeSpan Slice(int start, int count)
    {
        int size = _wide ? 2 : 1;
        return new CodeSpan(_bytes.Slice(start * size, count * size), Type);
    }

    internal void CopyTo(Span<short> codes)
    {
        if (_wide)
        {
            Wide.CopyTo(codes);
            return;
        }
        for (int i = 0; i < _bytes.Length; i++)
            codes[i] = (sbyte)_bytes[i];
    }

    internal void Fill(int code)
    {
        if (_wide)
            Wide.Fill((short)code);
        else
            Narrow.Fill((sbyte)code);
    }
}
