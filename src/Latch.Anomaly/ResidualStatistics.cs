namespace Latch.Anomaly;

/// <summary>The streaming statistics of all channels' residuals; the same code learns from training and watches afterwards.</summary>
internal sealed class ResidualStatistics
{
    /// <summary>Number of statistics per channel: every <see cref="AlarmReason"/>, in that order.</summary>
    internal const int PerChannel = 6;

    private readonly DetectorSettings _settings;
    private readonly ChannelResidual[] _residuals;
    private readonly Channel[] _channels;
    private readonly float[] _ring; // [channel, long window] of clipped standardised residuals

    internal ResidualStatistics(DetectorSettings settings, ReadOnlySpan<ChannelResidual> residuals)
    {
        _settings = settings;
        _residuals = residuals.ToArray();
        _channels = new Channel[residuals.Length];
        _ring = new float[residuals.Length * settings.LongWindow];
    }

    /// <summary>Takes one step and writes [channel, statistic], all at least 0.</summary>
    internal void Step(ReadOnlySpan<float> observed, ReadOnlySpan<float> forecast, long step, Span<double> statistics)
    {
        for (int channel = 0; channel < _channels.Length; channel++)
        {
            Span<float> ring = _ring.AsSpan(channel * _settings.LongWindow, _settings.LongWindow);
            Update(ref _channels[channel], _residuals[channel], ring, observed[channel], forecast[channel], step);
            Write(in _channels[channel], statistics.Slice(channel * PerChannel, PerChannel));
        }
    }

    internal void Reset()
    {
        Array.Clear(_channels);
        Array.Clear(_ring);
    }

    /// <summary>Doubles of <see cref="Save"/>.</summary>
    internal int StateSize => (_channels.Length * Channel.Size) + _ring.Length;

    /// <summary>Copies the windows; returns what is left of the span.</summary>
    internal Span<double> Save(Span<double> state)
    {
        foreach (ref readonly Channel channel in _channels.AsSpan())
        {
            channel.Save(state);
            state = state[Channel.Size..];
        }

        for (int at = 0; at < _ring.Length; at++)
            state[at] = _ring[at];
        return state[_ring.Length..];
    }

    /// <summary>Takes back what <see cref="Save"/> copied; returns what is left of the span.</summary>
    internal ReadOnlySpan<double> Load(ReadOnlySpan<double> state)
    {
        foreach (ref Channel channel in _channels.AsSpan())
        {
            channel = Channel.Load(state);
            state = state[Channel.Size..];
        }

        for (int at = 0; at < _ring.Length; at++)
            _ring[at] = (float)state[at];
        return state[_ring.Length..];
    }

    private void Update(ref Channel state, ChannelResidual learnt, Span<float> ring, float observed, float forecast, long step)
    {
        bool missing = float.IsNaN(observed);
        double z = missing || float.IsNaN(forecast) ? 0 : (observed - (double)forecast - learnt.Mean) / learnt.Deviation;
        state.Missing = missing ? state.Missing + 1 : 0;
        if (!missing)
        {
            state.Still = observed == state.Last ? state.Still + 1 : 0;
            state.Last = observed;
        }

        state.Jump = Math.Abs(z);
        float clipped = (float)Math.Clamp(z, -_settings.Clip, _settings.Clip);
        int at = (int)(step % ring.Length);
        float leavesShort = ring[(at + ring.Length - _settings.ShortWindow) % ring.Length];
        float leavesLong = ring[at];
        state.ShortSum += (double)clipped - leavesShort;
        state.ShortSize += Math.Abs((double)clipped) - Math.Abs(leavesShort);
        state.LongSum += (double)clipped - leavesLong;
        ring[at] = clipped;
    }

    private void Write(in Channel state, Span<double> statistics)
    {
        statistics[(int)AlarmReason.Jump] = state.Jump;
        statistics[(int)AlarmReason.Shift] = Math.Abs(state.ShortSum) / _settings.ShortWindow;
        statistics[(int)AlarmReason.Drift] = Math.Abs(state.LongSum) / _settings.LongWindow;
        statistics[(int)AlarmReason.Burst] = Math.Max(0, state.ShortSize) / _settings.ShortWindow;
        statistics[(int)AlarmReason.Still] = state.Still;
        statistics[(int)AlarmReason.Missing] = state.Missing;
    }

    private struct Channel
    {
        internal double Jump;
        internal double ShortSum;
        internal double ShortSize;
        internal double LongSum;
        internal long Still;
        internal long Missing;
        internal float Last;

        internal const int Size = 7;

        internal readonly void Save(Span<double> state)
        {
            (state[0], state[1], state[2], state[3]) = (Jump, ShortSum, ShortSize, LongSum);
            (state[4], state[5], state[6]) = (Still, Missing, Last);
        }

        internal static Channel Load(ReadOnlySpan<double> state) => new()
        {
            Jump = state[0],
            ShortSum = state[1],
            ShortSize = state[2],
            LongSum = state[3],
            Still = (long)state[4],
            Missing = (long)state[5],
            Last = (float)state[6],
        };
    }
}
