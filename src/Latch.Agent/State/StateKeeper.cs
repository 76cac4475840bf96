using Latch.Agent.Configuration;
using Latch.Agent.Loop;
using Latch.Agent.Service;

namespace Latch.Agent.State;

/// <summary>Saves the state from time to time: the loop copies it between two steps, another thread writes it.</summary>
internal sealed class StateKeeper(StateOptions options, TimeProvider clock, Log log)
{
    private readonly StateImage _image = new();
    private volatile int _stage = Idle;
    private long _saved = clock.GetTimestamp();
    private bool _failing;

    private const int Idle = 0, Asked = 1, Copied = 2;

    /// <summary>Loop: copies the state when it was asked to.</summary>
    public void AfterStep(RunningModel model)
    {
        if (_stage != Asked)
            return;
        model.Save(_image);
        _image.Time = clock.GetUtcNow().ToUnixTimeMilliseconds();
        _stage = Copied;
    }

    /// <summary>Another thread: asks for a copy when it is time, and writes the copy.</summary>
    public void Work()
    {
        if (_stage == Copied)
        {
            Write();
            _stage = Idle;
        }
        else if (_stage == Idle && clock.GetElapsedTime(_saved).TotalSeconds >= options.EverySeconds)
        {
            _saved = clock.GetTimestamp();
            _stage = Asked;
        }
    }

    /// <summary>Saves the state of a loop that has ended.</summary>
    public void SaveLast(RunningModel model)
    {
        _stage = Asked;
        AfterStep(model);
        Write();
    }

    /// <summary>Goes on from the state in the file, if it may be used; says so in the log.</summary>
    public void Restore(RunningModel model)
    {
        if (StateFile.Read(options, model.Loaded.Fingerprint, clock.GetUtcNow(), out string refusal) is not { } image)
        {
            log.Notice($"state: begins anew; {refusal}.");
            return;
        }

        if (image.Session.Length != model.Session.StateSize || image.Result.Length != model.Result.Length)
        {
            log.Warning($"state: begins anew; {StateFile.PathOf(options.File, model.Loaded.Fingerprint)} does not have the size of this model's state.");
            return;
        }

        bool detector = model.Restore(image);
        log.Notice($"state: goes on after step {model.Session.StepCount}{(detector || model.Detector is null ? "" : "; the scores warm up anew, the profile is another one")}.");
    }

    private void Write()
    {
        try
        {
            StateFile.Write(options.File, _image);
            _failing = false;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            if (!_failing)
                log.Error($"state: cannot be saved. {exception.Message}");
            _failing = true;
        }
    }
}
