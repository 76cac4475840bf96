using System.Diagnostics;

namespace Latch.Samples.Vibration;

/// <summary>Plays the machine in real time into a register file; takes commands from standard input and from a control file.</summary>
internal sealed class Player(Rig rig, RegisterFile registers, string? control, TextWriter log)
{
    private static readonly TimeSpan s_look = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan s_untilRead = TimeSpan.FromMilliseconds(2);
    private DateTime _controlRead = DateTime.MinValue;

    /// <summary>Commands that wait for the next sample.</summary>
    public System.Collections.Concurrent.ConcurrentQueue<string> Waiting { get; } = new();

    /// <summary>
    /// Plays until cancelled: 100 samples a second on the monotonic clock; what it is late, up to a second, it makes up for. On a chip of the emulated board it also
    /// waits until a sample was read before it gives the next.
    /// </summary>
    /// <param name="cancellation">Ends it.</param>
    /// <exception cref="SimulatorException">The driver has set what the simulator does not have.</exception>
    /// <exception cref="IOException">The register file is gone.</exception>
    public void Play(CancellationToken cancellation)
    {
        long start = Stopwatch.GetTimestamp(), due = 0, looked = -1;
        bool measured = false;
        while (!cancellation.IsCancellationRequested)
        {
            TimeSpan now = Stopwatch.GetElapsedTime(start);
            long look = now.Ticks / s_look.Ticks;
            if (look != looked)
                TakeCommands();
            looked = look;
            if (registers.FollowsReads && measured && !registers.IsRead)
            {
                cancellation.WaitHandle.WaitOne(s_untilRead);
                continue;
            }

            bool measuring = registers.Write(rig.Next());
            if (measuring != measured)
                log.WriteLine(measuring ? "The sensor measures." : "The sensor is in standby: its driver has not set the measure bit (0x2D).");
            measured = measuring;
            due = Math.Max(due + 1, ((long)now.TotalMilliseconds / 10) - 100);
            TimeSpan wait = TimeSpan.FromMilliseconds(10 * due) - Stopwatch.GetElapsedTime(start);
            if (wait > TimeSpan.Zero)
                cancellation.WaitHandle.WaitOne(wait);
        }
    }

    private void TakeCommands()
    {
        while (Waiting.TryDequeue(out string? command))
            Do(command);
        if (control is null || !File.Exists(control) || File.GetLastWriteTimeUtc(control) == _controlRead)
            return;
        _controlRead = File.GetLastWriteTimeUtc(control);
        foreach (string line in File.ReadAllLines(control))
            Do(line);
    }

    private void Do(string command)
    {
        if (string.IsNullOrWhiteSpace(command))
            return;
        try
        {
            rig.Do(command);
            log.WriteLine(command);
        }
        catch (SimulatorException exception)
        {
            log.WriteLine(exception.Message);
        }
    }
}
