using Latch.Inspector;
using Latch.Runtime;

namespace Latch.Cli.Studio.Board;

/// <summary>
/// Walks beside a board's session: takes over its state, then every sample that its model was given. The integers are the same on every processor, so all gates
/// are known here though the board sends none; the checksum of each state proves it.
/// </summary>
/// <param name="host">The board, for messages.</param>
/// <param name="fingerprint">SHA-256 of the model file here.</param>
/// <param name="session">One model, without a float model beside it.</param>
internal sealed class BoardFollower(string host, string fingerprint, InspectorSession session)
{
    private int[] _state = [];
    private long _step = -1;

    /// <summary>Steps taken here.</summary>
    public long Steps { get; private set; }

    /// <summary>Takes one entry of the stream.</summary>
    /// <exception cref="CommandException">The board runs another model, left steps out, or has other integers.</exception>
    public void Take(BoardEntry entry)
    {
        if (entry is BoardHeader header)
            Begin(header);
        else if (entry is BoardStep step)
            Follow(step);
    }

    private void Begin(BoardHeader header)
    {
        if (header.Fingerprint != fingerprint)
            throw CommandException.BadInput($"{host}: the board runs another model than this one (SHA-256 {Short(header.Fingerprint)}, here {Short(fingerprint)}). Leave the model out, and the board's own is fetched.");
        try
        {
            session.Restore(0, header.State);
        }
        catch (ArgumentException exception)
        {
            throw CommandException.BadInput($"{host}: the board's state does not fit its model: {exception.Message.Split(" (Parameter")[0]}");
        }
        (_state, _step) = (new int[header.State.Length], header.Step);
    }

    private void Follow(BoardStep step)
    {
        if (_step < 0)
            throw CommandException.BadInput($"{host}: the live stream begins with a step; the state before it is not known.");
        if (step.Step != _step + 1)
            throw CommandException.BadInput($"{host}: steps {_step + 1} to {step.Step - 1} are missing from the live stream. Start again.");
        session.Append(step.Sample);
        (_step, Steps) = (step.Step, Steps + 1);
        session.SaveState(0, _state);
        if (StateChecksum.Of(_state) != step.Checksum)
            throw CommandException.BadInput($"{host}: after step {step.Step} the board's state has other integers than the same step here. This is a fault of the runtime on one of the two machines: please report it, with a recording ('latch pull').");
    }

    private static string Short(string fingerprint) => fingerprint.Length > 12 ? fingerprint[..12] : fingerprint;
}
