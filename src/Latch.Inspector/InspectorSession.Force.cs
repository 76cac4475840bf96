using Latch.Inspector.Tracks;
using Latch.Telemetry;

namespace Latch.Inspector;

/// <content>Forcing gates.</content>
public sealed partial class InspectorSession
{
    private const int BlockSteps = 256;

    /// <summary>
    /// Forces gates of a model beside its untouched run, in place of what was forced before; nothing to force ends it. In a session that has ended the forced
    /// run takes all samples here and now; in one that goes on it starts from the untouched state of this moment and takes the samples that come.
    /// </summary>
    /// <param name="model">Index of the model.</param>
    /// <param name="forces">What is forced, in this order.</param>
    /// <param name="cut">Layers whose recurrent product takes h = 0.</param>
    /// <param name="cancellation">Ends the run early; what was forced before stays.</param>
    /// <exception cref="ArgumentException">There is no such model, layer, gate or unit, or the model cannot step.</exception>
    /// <exception cref="InvalidOperationException">The session has ended and no longer holds its first steps.</exception>
    public void Force(int model, IReadOnlyList<ForcedGate> forces, IReadOnlyList<int> cut, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(forces);
        ArgumentNullException.ThrowIfNull(cut);
        ModelRun run = RunOf(model);
        lock (run.Forcing)
        {
            lock (_lock)
            {
                if (forces.Count + cut.Count == 0)
                    run.Forced = null;
                else if (!_ended)
                    run.Forced = new ForcedRun(run.Inspected, run.Base, forces, cut, Capacity, _samples.End);
                if (forces.Count + cut.Count == 0 || !_ended)
                    return;
            }
            ForcedRun forced = Replay(run, forces, cut, cancellation);
            lock (_lock)
                run.Forced = forced;
        }
    }

    // Runs over the samples of a session that has ended: they do not change, so the lock is not needed.
    private ForcedRun Replay(ModelRun run, IReadOnlyList<ForcedGate> forces, IReadOnlyList<int> cut, CancellationToken cancellation)
    {
        if (_samples.First > 0)
            throw new InvalidOperationException($"The source has ended and steps 0 to {_samples.First} are no longer held, so gates cannot be forced. Start again and force while it runs.");
        ForcedRun forced = new(run.Inspected, run.Base, forces, cut, (int)Math.Max(1, _samples.End), 0);
        for (long step = 0; step < _samples.End; step++)
        {
            if (step % BlockSteps == 0)
                cancellation.ThrowIfCancellationRequested();
            forced.Step(_samples.Row(step));
        }
        return forced;
    }
}
