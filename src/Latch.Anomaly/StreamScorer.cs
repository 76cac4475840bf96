using Latch.Model;

namespace Latch.Anomaly;

/// <summary>Scores a stream of raw readings against a model's forecasts: normalises each sample as the model does and hands it to an <see cref="AnomalyDetector"/>.</summary>
/// <remarks>A step allocates nothing. One scorer serves one stream, on one thread at a time.</remarks>
public sealed class StreamScorer
{
    private readonly Normaliser _normaliser;
    private readonly float[] _observed;

    /// <summary>Starts a scorer before its first step.</summary>
    /// <param name="profile">What was learnt in training.</param>
    /// <param name="alarmsPerHour">The rate of alarms to allow on data like the training's; above zero.</param>
    /// <param name="channels">The model's channels; empty for readings that are normalised already.</param>
    public StreamScorer(AnomalyProfile profile, double alarmsPerHour, IReadOnlyList<Channel> channels)
    {
        ArgumentNullException.ThrowIfNull(profile);
        ArgumentNullException.ThrowIfNull(channels);
        (Profile, Detector, _normaliser) = (profile, new AnomalyDetector(profile, alarmsPerHour), new Normaliser(channels));
        _observed = new float[profile.Channels.Count];
    }

    /// <summary>What was learnt in training.</summary>
    public AnomalyProfile Profile { get; }

    /// <summary>The detector: threshold, alarm, counts, state.</summary>
    public AnomalyDetector Detector { get; }

    /// <summary>Scores one sample.</summary>
    /// <param name="sample">The readings in the channels' units; NaN where missing.</param>
    /// <param name="forecast">The model's forecast of this very sample, made at the step before; NaN where there is none.</param>
    /// <param name="ended">True when an alarm ended with this step.</param>
    /// <returns>The score, -log10 of a probability: 0 in the warm-up.</returns>
    /// <exception cref="ArgumentException">A span does not have one value per channel.</exception>
    public double Step(ReadOnlySpan<float> sample, ReadOnlySpan<float> forecast, out bool ended)
    {
        if (sample.Length != _observed.Length)
            throw new ArgumentException($"The profile has {_observed.Length} channels, but {sample.Length} readings were given.", nameof(sample));
        sample.CopyTo(_observed);
        _normaliser.Apply(_observed);
        return Detector.Step(_observed, forecast, out ended);
    }

    /// <summary>Name of the channel an alarm is about.</summary>
    public string Channel(Alarm alarm) => Profile.Channels[alarm.Channel];

    /// <summary>An alarm in words: channel and reason.</summary>
    public string Describe(Alarm alarm) => $"{Channel(alarm)} ({Name(alarm.Reason)})";

    /// <summary>A reason in a word.</summary>
    public static string Name(AlarmReason reason) => reason switch
    {
        AlarmReason.Jump => "jump",
        AlarmReason.Shift => "shift",
        AlarmReason.Drift => "drift",
        AlarmReason.Burst => "burst",
        AlarmReason.Still => "still",
        _ => "missing",
    };

    /// <summary>Why a profile does not belong to a model; null when it does: as many channels as the model has inputs, of the same names.</summary>
    /// <param name="profile">The profile.</param>
    /// <param name="channels">The model's channels; empty when it has none.</param>
    /// <param name="inputSize">Readings per sample the model takes.</param>
    public static string? Misfit(AnomalyProfile profile, IReadOnlyList<Channel> channels, int inputSize)
    {
        ArgumentNullException.ThrowIfNull(profile);
        ArgumentNullException.ThrowIfNull(channels);
        if (profile.Channels.Count != inputSize)
            return $"the profile has {profile.Channels.Count} channels, the model {inputSize}";
        for (int at = 0; at < channels.Count; at++)
            if (profile.Channels[at] != channels[at].Name)
                return $"channel {at + 1} of the profile is '{profile.Channels[at]}', of the model '{channels[at].Name}'";
        return null;
    }
}
