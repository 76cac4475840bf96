using System.CommandLine;
using Latch.Targets.Deploy;

namespace Latch.Cli.Commands;

/// <summary>Where a board is: for the commands that go there over ssh.</summary>
internal sealed class BoardOptions
{
    private readonly Option<string[]> _ssh = SshOption();

    public Argument<string> Destination { get; } = new("user@host") { Description = "The board, as ssh takes it." };

    /// <summary>Options for ssh itself.</summary>
    public static Option<string[]> SshOption() => new("--ssh-option")
    {
        Description = "An option of ssh, as '-p 2222', '-i KEY', '-F FILE' or 'Name=value'; may be given several times. Your ssh configuration, agent and known hosts are used anyway.",
        HelpName = "OPTION",
    };

    public void AddTo(Command command) => command.Add(_ssh);

    public BoardAddress Address(ParseResult parsed) => new(parsed.GetRequiredValue(Destination), parsed.GetValue(_ssh) ?? []);

    /// <summary>Connects, works, disconnects.</summary>
    public async Task<int> WithBoardAsync(ParseResult parsed, Func<SshBoard, Task<ExitCode>> work, CancellationToken cancellation)
    {
        SshBoard board = await SshBoard.ConnectAsync(Address(parsed), cancellation).ConfigureAwait(false);
        await using (board.ConfigureAwait(false))
            return (int)await work(board).ConfigureAwait(false);
    }
}
