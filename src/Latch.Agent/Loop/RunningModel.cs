using Latch.Agent.Configuration;
using Latch.Agent.Models;
using Latch.Agent.Service;
using Latch.Agent.State;
using Latch.Anomaly;
using Latch.Runtime;
using Latch.Telemetry.Recordings;
using Latch.Telemetry.Sinks;

namespace Latch.Agent.Loop;

/// <summary>A model at work: session, scores, recording. Used by the loop alone once it runs.</summary>
internal sealed class RunningModel : IDisposable
{
    private readonly int _every;
    private readonly RecordingFolder? _recording;
    private readonly int[] _state;
    private StreamScorer? _scorer;
    private OffBoard? _offBoard;

    /// <param name="loaded">The model.</param>
    /// <param name="configuration">Alarms and recording.</param>
    public RunningModel(LoadedModel loaded, AgentConfiguration configuration)
    {
        (Loaded, Session, _every) = (loaded, loaded.Model.CreateSession(), configuration.Telemetry.Every);
        Result = new float[loaded.Model.OutputSize];
        Result.AsSpan().Fill(float.NaN);
        _state = new int[Session.StateSize];
        _scorer = NewScorer(loaded, configuration.Alarms);
        _recording = configuration.Telemetry.Recording;
    }

    /// <summary>The model and what came with it.</summary>
    public LoadedModel Loaded { get; private set; }

    public Session Session { get; }

    /// <summary>The detector; null when nothing is scored.</summary>
    public AnomalyDetector? Detector => _scorer?.Detector;

    /// <summary>Results of the last step: for a forecaster the forecast of the next sample.</summary>
    public float[] Result { get; }

    /// <summary>Null when nothing is recorded.</summary>
    public Recorder? Recorder { get; private set; }

    /// <summary>What leaves the board; null before it was given. Any thread gives it, and it is disposed with this.</summary>
    public OffBoard? OffBoard
    {
        get => Volatile.Read(ref _offBoard);
        set => Volatile.Write(ref _offBoard, value);
    }

    /// <summary>A scorer as the configuration wants it; null without a profile.</summary>
    public static StreamScorer? NewScorer(LoadedModel loaded, AlarmOptions alarms) =>
        loaded.Profile is null ? null : new StreamScorer(loaded.Profile, alarms.AlarmsPerHour, loaded.Model.Channels);

    /// <summary>Scores a sample and takes a step.</summary>
    /// <param name="sample">Readings in the model's order; NaN where one is held.</param>
    /// <param name="time">When they were taken.</param>
    /// <param name="ended">True when an alarm ended.</param>
    /// <returns>The score; NaN when nothing is scored.</returns>
    public double Step(ReadOnlySpan<float> sample, DateTimeOffset time, out bool ended)
    {
        ended = false;
        double score = _scorer is null ? double.NaN : _scorer.Step(sample, Result, out ended);
        if (OffBoard is { Queues: { Length: > 0 } queues } && Session.StepCount % _every == 0)
        {
            QueueProbe probe = new(queues);
            Session.Step(sample, Result, ref probe);
        }
        else
        {
            Session.Step(sample, Result);
        }

        Recorder?.Record(time);
        return score;
    }

    /// <summary>Checksum of the session's state.</summary>
    public ulong Checksum()
    {
        Session.SaveState(_state);
        return StateChecksum.Of(_state);
    }

    /// <summary>An alarm in words.</summary>
    public string Describe(Alarm alarm) => _scorer!.Describe(alarm);

    /// <summary>Forgets the past: the next step is the first.</summary>
    public void Reset()
    {
        Session.Reset();
        Detector?.Reset();
        Result.AsSpan().Fill(float.NaN);
    }

    /// <summary>Goes on with the same model and another profile or threshold.</summary>
    /// <param name="loaded">The same model, loaded again.</param>
    /// <param name="scorer">The scorer to go on with; null keeps the one there is.</param>
    /// <param name="alarmsPerHour">The rate of alarms.</param>
    public void Continue(LoadedModel loaded, StreamScorer? scorer, double alarmsPerHour)
    {
        // Weights and kernel are those of the session.
        bool sameProfile = loaded.ProfileHash == Loaded.ProfileHash;
        Loaded = loaded with { Model = Loaded.Model };
        if (sameProfile)
            Detector?.SetAlarmsPerHour(alarmsPerHour);
        else
            _scorer = scorer;
    }

    /// <summary>Copies everything that a restart would lose.</summary>
    public void Save(StateImage image)
    {
        image.Fit(Loaded, Session.StateSize, Result.Length, Detector?.StateSize ?? 0);
        Session.SaveState(image.Session);
        Result.CopyTo(image.Result, 0);
        Detector?.SaveState(image.Detector);
    }

    /// <summary>Goes on from a state.</summary>
    /// <param name="image">A state of the same model.</param>
    /// <returns>Whether the detector's state was of the same profile and was taken too.</returns>
    public bool Restore(StateImage image)
    {
        Session.LoadState(image.Session);
        image.Result.CopyTo(Result, 0);
        Recorder?.Restart();
        if (Detector is null || image.ProfileHash != Loaded.ProfileHash || image.Detector.Length != Detector.StateSize)
            return false;
        Detector.LoadState(image.Detector);
        return true;
    }

    public void Dispose()
    {
        Recorder?.Dispose();
        OffBoard?.Dispose();
        Loaded.Model.Dispose();
    }

    /// <summary>Begins to record, if the configuration wants it; the steps before are not recorded.</summary>
    /// <exception cref="AgentException">The recording cannot be begun.</exception>
    public void Record()
    {
        if (_recording is not { } recording || Recorder is not null)
            return;
        try
        {
            Recorder = new Recorder(Loaded.Model, Session, Loaded.Fingerprint, recording.Folder, new RecordingOptions
            {
                TotalBytes = (long)recording.LimitMiB << 20,
                SegmentBytes = (long)recording.SegmentMiB << 20,
            });
        }
        catch (Exception exception) when (exception is ArgumentException or IOException or UnauthorizedAccessException or RecordingException)
        {
            throw new AgentException($"telemetry.recording: {exception.Message}", exception);
        }
    }

    private readonly struct QueueProbe(TelemetryQueue[] queues) : IGateProbe
    {
        public void OnStep(in GateFrame frame)
        {
            foreach (TelemetryQueue queue in queues)
                queue.Probe.OnStep(frame);
        }
    }
}
