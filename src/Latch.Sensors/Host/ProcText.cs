using System.Buffers.Text;

namespace Latch.Sensors.Host;

/// <summary>Reads the white-space separated numbers of /proc without making strings.</summary>
internal static class ProcText
{
    /// <summary>Takes the next line off the text.</summary>
    internal static bool TryTakeLine(ref ReadOnlySpan<byte> text, out ReadOnlySpan<byte> line)
    {
        if (text.IsEmpty)
        {
            line = default;
            return false;
        }

        int end = text.IndexOf((byte)'\n');
        line = end < 0 ? text : text[..end];
        text = end < 0 ? default : text[(end + 1)..];
        return true;
    }

    /// <summary>Takes the next word off the line; empty at its end.</summary>
    internal static ReadOnlySpan<byte> TakeWord(ref ReadOnlySpan<byte> line)
    {
        line = line.TrimStart((byte)' ');
        int end = line.IndexOf((byte)' ');
        ReadOnlySpan<byte> word = end < 0 ? line : line[..end];
        line = line[word.Length..];
        return word;
    }

    /// <summary>Takes the next number off the line; NaN when there is none.</summary>
    internal static double TakeNumber(ref ReadOnlySpan<byte> line)
    {
        ReadOnlySpan<byte> word = TakeWord(ref line);
        return Utf8Parser.TryParse(word, out double value, out int used) && used == word.Length ? value : double.NaN;
    }

    /// <summary>The number after <paramref name="key"/> on the line that starts with it; NaN when there is no such line.</summary>
    internal static double Field(ReadOnlySpan<byte> text, ReadOnlySpan<byte> key)
    {
        while (TryTakeLine(ref text, out ReadOnlySpan<byte> line))
        {
            if (!line.StartsWith(key))
                continue;
            line = line[key.Length..];
            return TakeNumber(ref line);
        }

        return double.NaN;
    }
}
