using Latch.Runtime;

namespace Latch.Telemetry;

/// <summary>Steps a session and lets a probe see one step in N; the others run without one and cost nothing more.</summary>
/// <typeparam name="TProbe">The probe.</typeparam>
public sealed class SampledSession<TProbe>
    where TProbe : struct, IGateProbe
{
    private readonly Session _session;
    private readonly int _every;
    private TProbe _probe;
    private int _left;

    /// <summary>Wraps a session; the first step after a reset is watched.</summary>
    /// <param name="session">The session; steps taken past this wrapper are not counted.</param>
    /// <param name="probe">The probe.</param>
    /// <param name="every">Steps from one that is watched to the next, 1 or more.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="every"/> is not positive.</exception>
    public SampledSession(Session session, TProbe probe, int every)
    {
        ArgumentNullException.ThrowIfNull(session);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(every);
        (_session, _probe, _every) = (session, probe, every);
    }

    /// <summary>Takes one sample and yields one result, as <see cref="Session.Step(ReadOnlySpan{float}, Span{float})"/>.</summary>
    /// <param name="sample"><see cref="LatchModel.InputSize"/> readings, in the channels' units.</param>
    /// <param name="result"><see cref="LatchModel.OutputSize"/> values.</param>
    /// <exception cref="ArgumentException">A span has another length.</exception>
    /// <exception cref="InvalidOperationException">The model takes whole windows only.</exception>
    public void Step(ReadOnlySpan<float> sample, Span<float> result)
    {
        if (IsWatched())
            _session.Step(sample, result, ref _probe);
        else
            _session.Step(sample, result);
    }

    /// <summary>The same with codes, as <see cref="Session.Step(ReadOnlySpan{short}, Span{short})"/>.</summary>
    /// <param name="codes"><see cref="LatchModel.InputSize"/> codes of the input tensors.</param>
    /// <param name="result"><see cref="LatchModel.OutputSize"/> codes of the output tensors.</param>
    /// <exception cref="ArgumentException">A span has another length.</exception>
    /// <exception cref="InvalidOperationException">The model takes whole windows only.</exception>
    public void Step(ReadOnlySpan<short> codes, Span<short> result)
    {
        if (IsWatched())
            _session.Step(codes, result, ref _probe);
        else
            _session.Step(codes, result);
    }

    private bool IsWatched()
    {
        if (_session.StepCount == 0)
            _left = 0;
        if (_left > 0)
        {
            _left--;
            return false;
        }
        _left = _every - 1;
        return true;
    }
}
