using System.Globalization;
using System.Text;

namespace Latch.Cli.Data;

/// <summary>Text as a series: one row per character, 1 in the channel of that character and 0 in the others.</summary>
/// <remarks>A channel is a character when its name is that character, or <c>space</c>, <c>newline</c> or <c>tab</c>.</remarks>
internal static class TextSeries
{
    private static readonly Dictionary<string, Rune> s_named = new() { ["space"] = new(' '), ["newline"] = new('\n'), ["tab"] = new('\t') };

    /// <summary>Whether a file is text to a model that takes characters.</summary>
    public static bool IsText(string path) => path.EndsWith(".txt", StringComparison.OrdinalIgnoreCase);

    /// <summary>Whether every channel is a character; false when there is none.</summary>
    public static bool AreCharacters(IReadOnlyList<string> channels) => channels.Count > 0 && channels.All(channel => Character(channel) is not null);

    /// <summary>Reads a UTF-8 file; the columns are the channels in their order and have no names of their own.</summary>
    /// <param name="path">The file; carriage return and line feed count as one new line.</param>
    /// <param name="channels">The model's channels, each a character.</param>
    /// <exception cref="CommandException">The file cannot be read, is empty, or holds a character the model does not know.</exception>
    public static Series Read(string path, IReadOnlyList<string> channels)
    {
        string text = SourceErrors.Guard(path, () => File.ReadAllText(path)).Replace("\r\n", "\n", StringComparison.Ordinal);
        if (text.Length == 0)
            throw CommandException.BadInput($"{path}: the file is empty. Give text of at least one character.");
        Dictionary<Rune, float[]> rowOf = [];
        for (int channel = 0; channel < channels.Count; channel++)
        {
            float[] row = new float[channels.Count];
            row[channel] = 1;
            rowOf.TryAdd(Character(channels[channel])!.Value, row);
        }

        List<float[]> rows = new(text.Length);
        (int line, int column) = (1, 1);
        foreach (Rune character in text.EnumerateRunes())
        {
            rows.Add(rowOf.GetValueOrDefault(character) ?? throw Unknown($"{path}, line {line}, column {column}", character, channels));
            (line, column) = character.Value == '\n' ? (line + 1, 1) : (line, column + 1);
        }

        return new Series(path, null, rows, null);
    }

    /// <summary>The character a channel stands for; null when it is none.</summary>
    private static Rune? Character(string channel)
    {
        if (s_named.TryGetValue(channel, out Rune named))
            return named;
        return Rune.DecodeFromUtf16(channel, out Rune character, out int length) == System.Buffers.OperationStatus.Done && length == channel.Length ? character : null;
    }

    private static CommandException Unknown(string where, Rune character, IReadOnlyList<string> channels)
    {
        string name = s_named.FirstOrDefault(pair => pair.Value == character).Key
            ?? (Rune.IsControl(character) ? string.Create(CultureInfo.InvariantCulture, $"U+{character.Value:X4}") : $"'{character}'");
        return CommandException.BadInput($"{where}: the model does not know the character {name}; it knows {string.Join(' ', channels)}. "
            + "Remove or replace the character. Rows of numbers belong in a .csv file.");
    }
}
