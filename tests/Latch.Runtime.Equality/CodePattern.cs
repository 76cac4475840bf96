using Latch.Model;

namespace Latch.Runtime.Equality;

/// <summary>Codes and states at their ends, and random ones.</summary>
internal static class CodePattern
{
    /// <summary>All at the low end, all at the high end, alternating, random ends; further patterns are random.</summary>
    public const int Ends = 4;

    public static int Low(ElementType type) => type == ElementType.Int8 ? sbyte.MinValue : short.MinValue;

    public static int High(ElementType type) => type == ElementType.Int8 ? sbyte.MaxValue : short.MaxValue;

    /// <summary>True when element <paramref name="index"/> of one of the first <see cref="Ends"/> patterns is at the high end.</summary>
    public static bool IsHigh(int pattern, int index) => pattern switch { 0 => false, 1 => true, 2 => index % 2 == 0, _ => (index * 0x9E3779B1u >> 16 & 1) != 0 };

    /// <summary>The codes of one of the patterns at the ends.</summary>
    public static int End(int pattern, int index, ElementType type) => IsHigh(pattern, index) ? High(type) : Low(type);

    public static short[] Codes(int pattern, int count, ElementType type, Random random)
    {
        var codes = new short[count];
        for (int i = 0; i < count; i++)
            codes[i] = (short)(pattern < Ends ? End(pattern, i, type) : random.Next(Low(type), High(type) + 1));
        return codes;
    }

    /// <summary>Wide states: the ends of the format, then random ones of which half lie between two codes.</summary>
    public static void FillState(int pattern, Span<int> state, Random random)
    {
        for (int i = 0; i < state.Length; i++)
        {
            int value = random.Next(-(1 << 25), 1 << 25);
            state[i] = pattern < Ends ? (IsHigh(pattern, i) ? int.MaxValue : -int.MaxValue) : i % 2 == 0 ? value : (value | 0x1FFFF) ^ 0xFFFF;
        }
    }
}
