using Latch.Agent.Service;
using Latch.Agent.State;

namespace Latch.Agent.Status;

/// <summary>The thread beside the loop: writes the status once a second and the state when it is due.</summary>
internal sealed class StatusWriter : IDisposable
{
    private const int StateLook = 50, StatusEvery = 20;

    private readonly string? _path;
    private readonly StateKeeper? _state;
    private readonly Log _log;
    private readonly Func<StatusDocument> _take;
    private readonly ManualResetEvent _stop = new(false);
    private readonly Thread _thread;
    private bool _failing;

    /// <param name="path">The status file; null for none.</param>
    /// <param name="state">Saves the state; null for none.</param>
    /// <param name="log">Told what fails.</param>
    /// <param name="take">Takes a status.</param>
    public StatusWriter(string? path, StateKeeper? state, Log log, Func<StatusDocument> take)
    {
        (_path, _state, _log, _take) = (path, state, log, take);
        _thread = new Thread(Run) { Name = "status", IsBackground = true };
    }

    /// <summary>Begins to write.</summary>
    public void Start() => _thread.Start();

    /// <summary>Writes a status now; the thread must have ended.</summary>
    /// <param name="state">State to write instead of the one there is.</param>
    public void Write(string? state)
    {
        if (_path is null)
            return;
        try
        {
            StatusDocument status = _take();
            StatusFile.Write(_path, state is null ? status : status with { State = state });
            _failing = false;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            if (!_failing)
                _log.Error($"status: cannot be written. {exception.Message}");
            _failing = true;
        }
    }

    public void Dispose()
    {
        _stop.Set();
        if (_thread.IsAlive)
            _thread.Join();
    }

    private void Run()
    {
        for (int turn = 0; ; turn++)
        {
            _state?.Work();
            if (turn % StatusEvery == 0)
                Write(state: null);
            if (_stop.WaitOne(StateLook))
                return;
        }
    }
}
