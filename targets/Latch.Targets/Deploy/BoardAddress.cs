namespace Latch.Targets.Deploy;

/// <summary>Where a board is, and options of ssh that were given on the command line.</summary>
internal sealed class BoardAddress
{
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

    /// <summary>The options for scp, which calls the port -P.</summary>
    public IEnumerable<string> ScpOptions => _options.Select(option => option == "-p" ? "-P" : option);

    private static string[] Split(string option)
    {
        string text = option.Trim();
        if (text.Length == 0)
            throw new TargetException("An --ssh-option is empty.");
        if (text[0] != '-')
            return ["-o", text];
        if (text.Length < 2)
            throw new TargetException($"'{option}' is no option of ssh.");
        string value = text[2..].TrimStart();
        return value.Length == 0 ? [text] : [text[..2], value];
    }
}
