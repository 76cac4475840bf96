using Latch.Cli.Models;
using Latch.Cli.Output;
using Latch.Inspector;
using Latch.Targets.Build;
using Latch.Targets.Deploy;

namespace Latch.Cli.Studio.Board;

/// <summary>What the studio takes from a board over ssh: what its model is given, step by step.</summary>
internal sealed class BoardStudio(IBoard board, Terminal terminal)
{
    private const string Current = "/var/lib/latch/current";

    /// <summary>Follows the board's session until it ends, the connection is lost or the run is cancelled; why is said, and the session ended.</summary>
    /// <param name="fingerprint">SHA-256 of the model file here.</param>
    /// <param name="session">Holds the board's model alone.</param>
    /// <param name="cancellation">Ends it.</param>
    public async Task FollowAsync(string fingerprint, InspectorSession session, CancellationToken cancellation)
    {
        BoardFollower follower = new(board.Name, fingerprint, session);
        using CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        string? fault = null;
        try
        {
            ProgramResult result = await board.RunAsync($"{SshBoard.AsRoot}exec $run {Current}/latch-agent live", stop.Token, Take).ConfigureAwait(false);
            terminal.WriteError($"{board.Name}: {(result.Error.Length > 0 ? result.LastLine : "the agent ended its live stream, or the connection was lost.")} {follower.Steps} steps are held.");
        }
        catch (OperationCanceledException)
        {
            if (fault is not null)
                terminal.WriteError(fault);
        }
        finally
        {
            session.End();
        }

        // On the thread that reads: nothing may be thrown there.
        void Take(string line)
        {
            if (stop.IsCancellationRequested)
                return;
            try
            {
                follower.Take(BoardEntry.Parse(line));
            }
            catch (Exception exception) when (exception is CommandException or FormatException or ArgumentException or InvalidOperationException)
            {
                fault = exception is CommandException ? exception.Message : $"{board.Name}: {exception.Message}";
                stop.Cancel();
            }
        }
    }
}
