using System.Security.Cryptography;
using Latch.Inspector.Tracks;
using Latch.Runtime;

namespace Latch.Inspector;

/// <summary>
/// Models that run on the same samples, and all they did in the steps held. One thread appends; any number of readers copy. A reader holds the lock only
/// while it copies, never while it sends, so that a slow one does not slow the steps.
/// </summary>
public sealed partial class InspectorSession
{
    private readonly Lock _lock = new();
    private readonly InspectorInput _input;
    private readonly RowRing<float> _samples;
    private readonly ModelRun[] _runs;
    private bool _ended;

    /// <summary>Starts a session before its first step.</summary>
    /// <param name="input">What the models are given.</param>
    /// <param name="models">At least one; all take the same samples.</param>
    /// <param name="capacity">Steps held; older ones are overwritten.</param>
    /// <param name="live">Whether steps come while the page watches.</param>
    /// <exception cref="ArgumentException">A model does not take the input's channels, or has a profile and is no forecaster of them.</exception>
    public InspectorSession(InspectorInput input, IReadOnlyList<InspectedModel> models, int capacity, bool live)
    {
        ArgumentNullException.ThrowIfNull(input);
        ArgumentNullException.ThrowIfNull(models);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(capacity);
        if (models.Count == 0)
            throw new ArgumentException("There is no model to inspect.", nameof(models));
        foreach (InspectedModel model in models)
            Check(input, model);
        (_input, IsLive, Capacity) = (input, live, capacity);
        _samples = new RowRing<float>(0, capacity, input.Names.Count);
        _runs = [.. models.Select((model, index) => new ModelRun(index, model, capacity))];
        Characters = live ? CharacterInput.ByNames(input.Names, models) : null;
    }

    /// <summary>Whether steps come while the page watches.</summary>
    public bool IsLive { get; }

    /// <summary>Steps held.</summary>
    public int Capacity { get; }

    /// <summary>Bytes of memory that hold the steps.</summary>
    public long Bytes => _samples.Bytes + _runs.Sum(static run => run.Bytes);

    /// <summary>Tells this session from any other, also from one that was served at the same address.</summary>
    internal string Id { get; } = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8));

    /// <summary>What the models are given.</summary>
    internal InspectorInput Input => _input;

    /// <summary>Which characters the channels stand for; null when they are readings.</summary>
    internal CharacterInput? Characters { get; private set; }

    internal IReadOnlyList<ModelRun> Runs => _runs;

    /// <summary>Puts a model's untouched run where a session that runs elsewhere is now; it goes on from there.</summary>
    /// <param name="model">Index of the model.</param>
    /// <param name="state">What <see cref="Latch.Runtime.Session.SaveState"/> copied there.</param>
    /// <exception cref="ArgumentException">There is no such model, or its state has another length.</exception>
    /// <exception cref="InvalidOperationException">The model has a float model beside it, whose state nobody knows.</exception>
    public void Restore(int model, ReadOnlySpan<int> state)
    {
        ModelRun run = RunOf(model);
        lock (_lock)
        {
            if (run.Float is not null)
                throw new InvalidOperationException($"Model '{run.Inspected.Name}' has a float model beside it, which cannot start in the middle. Leave the float model out.");
            run.Base.Session.LoadState(state);
        }
    }

    /// <summary>Copies the state that a model's untouched run is in.</summary>
    /// <param name="model">Index of the model.</param>
    /// <param name="state"><see cref="Latch.Runtime.Session.StateSize"/> integers.</param>
    /// <exception cref="ArgumentException">There is no such model, or its state has another length.</exception>
    public void SaveState(int model, Span<int> state)
    {
        ModelRun run = RunOf(model);
        lock (_lock)
            run.Base.Session.SaveState(state);
    }

    /// <summary>Takes one sample through all models.</summary>
    /// <param name="sample">Raw readings, one per channel; NaN where missing.</param>
    /// <exception cref="ArgumentException">The sample has another length.</exception>
    /// <exception cref="InvalidOperationException">The session has ended.</exception>
    public void Append(ReadOnlySpan<float> sample)
    {
        if (sample.Length != _input.Names.Count)
            throw new ArgumentException($"The sample has {sample.Length} readings, the models take {_input.Names.Count}.", nameof(sample));
        lock (_lock)
        {
            if (_ended)
                throw new InvalidOperationException("The session has ended; it takes no more samples.");
            sample.CopyTo(_samples.Append());
            foreach (ModelRun run in _runs)
                run.Step(sample);
        }
    }

    /// <summary>States that no more samples come.</summary>
    public void End()
    {
        lock (_lock)
        {
            _ended = true;
            if (!IsLive)
                Characters = CharacterInput.ByNames(_input.Names, [.. _runs.Select(static run => run.Inspected)]) is { } characters && characters.Fits(_samples) ? characters : null;
        }
    }

    /// <summary>How far the session is.</summary>
    internal SessionProgress Progress()
    {
        lock (_lock)
            return new SessionProgress(_samples.First, _samples.End, _ended);
    }

    /// <summary>Reads with the steps standing still; be short.</summary>
    internal T Read<T>(Func<T> read)
    {
        lock (_lock)
            return read();
    }

    /// <summary>Copies samples.</summary>
    /// <exception cref="InspectorFault">A step is not held.</exception>
    internal void CopySamples(long from, Span<float> destination)
    {
        lock (_lock)
        {
            CheckHeld(_samples.First, _samples.End, from, destination.Length / _samples.Width);
            _samples.Copy(from, destination);
        }
    }

    /// <summary>Copies rows of a track: outputs, scores or attention.</summary>
    /// <exception cref="InspectorFault">A step is not held.</exception>
    internal void CopyRows(RowRing<float> rows, long from, Span<float> destination)
    {
        lock (_lock)
        {
            CheckHeld(rows.First, rows.End, from, destination.Length / rows.Width);
            rows.Copy(from, destination);
        }
    }

    /// <summary>Copies one quantity of a layer, 4 bytes a value.</summary>
    /// <exception cref="InspectorFault">A step is not held.</exception>
    internal void CopyPlane(Track track, int layer, int quantity, long from, Span<byte> destination)
    {
        lock (_lock)
        {
            CheckHeld(track.First, track.End, from, destination.Length / (4 * track.Layers[layer].Units));
            track.CopyPlane(layer, quantity, from, destination);
        }
    }

    private ModelRun RunOf(int model) => (uint)model < (uint)_runs.Length
        ? _runs[model]
        : throw new ArgumentException($"There is no model {model}; there are {_runs.Length}, counted from 0.", nameof(model));

    private static void CheckHeld(long first, long end, long from, long count)
    {
        if (from < first || from + count > end)
            throw InspectorFault.NotHeld(from, from + count, first, end);
    }

    private static void Check(InspectorInput input, InspectedModel inspected)
    {
        LatchModel model = inspected.Model;
        int size = StepRunner.SampleSize(model);
        if (size != input.Names.Count || input.Units.Count != input.Names.Count)
            throw new ArgumentException($"Model '{inspected.Name}' takes {size} channels, the input has {input.Names.Count}. All models of a session take the same samples.");
        if (model.Channels.Count > 0 && model.Channels.Where((channel, at) => channel.Name != input.Names[at]).Any())
            throw new ArgumentException($"Model '{inspected.Name}' has other channels than the input, or another order. All models of a session take the same samples.");
        if (inspected.Profile is { } profile && (!model.CanStep || model.OutputSize != size || profile.Channels.Count != size))
            throw new ArgumentException($"Model '{inspected.Name}' has a profile, but does not forecast the profile's {profile.Channels.Count} channels step by step.");
    }
}

/// <summary>How far a session is.</summary>
/// <param name="FirstStep">Oldest step held.</param>
/// <param name="Steps">Steps taken.</param>
/// <param name="Ended">Whether no more come.</param>
internal readonly record struct SessionProgress(long FirstStep, long Steps, bool Ended);
