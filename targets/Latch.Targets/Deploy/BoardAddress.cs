namespace Latch.Targets.Deploy;

/// <summary>Where a board is, and options of ssh that were given on the command line.</summary>
internal sealed class BoardAddress
{
    // Those of ssh (1), without what would take the connection's own place: -M -N -O -S, a terminal, the background, standard input.
    private const string Flags = "46AaCgKkqTvXxYy", Valued = "BbcDEeFIiJLlmoPpR";

    private readonly IReadOnlyList<string> _options;

    /// <param name="destination">[user@]host, as ssh takes it.</param>
    /// <param name="options">Options of ssh: "-p 2222", "-i key", "-F file", or "Name=value".</param>
    public BoardAddress(string destination, IReadOnlyList<string> options)
    {
        if (destination.Length == 0 || destination[0] == '-' || destination.Any(letter => char.IsWhiteSpace(letter) || char.IsControl(letter)))
            throw new TargetException($"'{destination}' is no board: give user@host, or a name of your ssh configuration.");
        Destination = destination;
        _options = [.. options.SelectMany(Split)];
    }

    /// <summary>[user@]host.</summary>
    public string Destination { get; }

    /// <summary>The options for ssh.</summary>
    public IEnumerable<string> SshOptions => _options;

    private static string[] Split(string option)
    {
        string text = option.Trim();
        if (text.Length == 0)
            throw new TargetException("An --ssh-option is empty.");
        if (text[0] != '-')
            return ["-o", text];
        if (text.Length > 1 && text.Skip(1).All(Flags.Contains))
            return [text];
        if (text.Length < 2 || !Valued.Contains(text[1]))
            throw new TargetException($"'{option}' is no option of ssh that can be used here.");
        string value = text[2..].TrimStart();
        return value.Length > 0 ? [text[..2], value] : throw new TargetException($"The option {text} of ssh needs a value: give both as one, '{text} VALUE'.");
    }
}
