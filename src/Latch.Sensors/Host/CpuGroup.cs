namespace Latch.Sensors.Host;

/// <summary>/proc/stat: processor time, runnable processes, forks, context switches and interrupts.</summary>
internal sealed class CpuGroup : IHostGroup
{
    private readonly ProcFile _stat;
    private readonly CpuTimes[] _times; // [0] is all cores together, [1 + i] the i-th core shown
    private Counter _forks;
    private Counter _switches;
    private Counter _interrupts;

    internal CpuGroup(ProcFile stat)
    {
        _stat = stat;
        List<SensorChannel> channels = [];
        ReadOnlySpan<byte> text = stat.Read();
        while (ProcText.TryTakeLine(ref text, out ReadOnlySpan<byte> line) && line.StartsWith("cpu"u8))
        {
            string name = System.Text.Encoding.ASCII.GetString(ProcText.TakeWord(ref line));
            if (name != "cpu")
                channels.Add(new($"{name}.busy", "%"));
        }

        _times = new CpuTimes[1 + channels.Count];
        channels.AddRange([
            new("cpu.user", "%"), new("cpu.nice", "%"), new("cpu.system", "%"), new("cpu.iowait", "%"),
            new("proc.running", "processes"), new("proc.forks", "1/s"),
            new("cpu.switches", "1/s"), new("cpu.interrupts", "1/s")]);
        Channels = channels;
    }

    public IReadOnlyList<SensorChannel> Channels { get; }

    public void Read(Span<float> readings, double seconds)
    {
        ReadOnlySpan<byte> text = _stat.Read();
        ReadTimes(text);
        int cores = _times.Length - 1;
        for (int core = 0; core < cores; core++)
            readings[core] = (float)_times[1 + core].Busy;

        Span<float> rest = readings[cores..];
        rest[0] = (float)_times[0].User;
        rest[1] = (float)_times[0].Nice;
        rest[2] = (float)_times[0].System;
        rest[3] = (float)_times[0].IoWait;
        rest[4] = (float)ProcText.Field(text, "procs_running "u8);
        rest[5] = (float)(_forks.Advance(ProcText.Field(text, "processes "u8)) / seconds);
        rest[6] = (float)(_switches.Advance(ProcText.Field(text, "ctxt "u8)) / seconds);
        rest[7] = (float)(_interrupts.Advance(ProcText.Field(text, "intr "u8)) / seconds);
    }

    private void ReadTimes(ReadOnlySpan<byte> text)
    {
        for (int row = 0; row < _times.Length; row++)
        {
            ProcText.TryTakeLine(ref text, out ReadOnlySpan<byte> line);
            ProcText.TakeWord(ref line);
            _times[row].Advance(line);
        }
    }

    public void Dispose() => _stat.Dispose();

    /// <summary>Shares of the time between two reads, in percent, from one "cpu" line (columns of proc(5)).</summary>
    private struct CpuTimes
    {
        private const int Columns = 8; // user nice system idle iowait irq softirq steal
        private ColumnCounters _counters;

        internal double User { get; private set; }

        internal double Nice { get; private set; }

        internal double System { get; private set; }

        internal double IoWait { get; private set; }

        internal double Busy { get; private set; }

        internal void Advance(ReadOnlySpan<byte> line)
        {
            Span<double> increase = stackalloc double[Columns];
            double total = 0;
            for (int column = 0; column < Columns; column++)
            {
                increase[column] = _counters[column].Advance(ProcText.TakeNumber(ref line));
                total += increase[column];
            }

            double percent = 100 / Math.Max(1, total);
            User = increase[0] * percent;
            Nice = increase[1] * percent;
            System = (increase[2] + increase[5] + increase[6]) * percent;
            IoWait = increase[4] * percent;
            Busy = User + Nice + System;
        }

        [global::System.Runtime.CompilerServices.InlineArray(Columns)]
        private struct ColumnCounters
        {
            private Counter _first;
        }
    }
}
