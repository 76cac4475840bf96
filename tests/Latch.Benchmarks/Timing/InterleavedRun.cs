using System.Diagnostics;

namespace Latch.Benchmarks.Timing;

/// <summary>
/// Times contenders in turns on one thread: each round gives each of them one batch of calls, so that what disturbs the machine for longer than a batch
/// disturbs all.
/// </summary>
internal sealed class InterleavedRun
{
    private const double BatchMilliseconds = 7;
    private const double WarmUpMilliseconds = 25;
    private const int WarmUpRounds = 10;
    private const int MostCalls = 1 << 24;

    private readonly Contender[] _contenders;
    private readonly int[] _calls;

    private InterleavedRun(IEnumerable<Contender> contenders)
    {
        _contenders = [.. contenders];
        _calls = new int[_contenders.Length];
    }

    /// <summary>The times of each contender, and the share of the elapsed time in which this process had a processor: well below 1 on a busy machine.</summary>
    /// <param name="contenders">Who takes part.</param>
    /// <param name="rounds">Rounds that count, after those that warm up.</param>
    public static (Measurement[] Measurements, double ProcessorShare) Measure(IEnumerable<Contender> contenders, int rounds)
    {
        InterleavedRun run = new(contenders);
        run.WarmUp();
        double[][] times = [.. run._contenders.Select(_ => new double[rounds])];
        GC.Collect();
        long start = Stopwatch.GetTimestamp();
        TimeSpan processor = Environment.CpuUsage.TotalTime;
        for (int round = 0; round < rounds; round++)
        {
            for (int i = 0; i < times.Length; i++)
                times[i][round] = run.Batch(i) / run._contenders[i].StepsPerCall;
        }
        double share = (Environment.CpuUsage.TotalTime - processor) / Stopwatch.GetElapsedTime(start);
        return ([.. run._contenders.Select((contender, i) => new Measurement(contender, times[i]))], share);
    }

    // Long enough for the compiler's last tier, which comes in the background; the number of calls in a batch follows the speed as it grows.
    private void WarmUp()
    {
        Array.Fill(_calls, 1);
        for (int round = 0; round <= WarmUpRounds; round++)
        {
            for (int i = 0; i < _contenders.Length; i++)
                Calibrate(i, round == WarmUpRounds ? BatchMilliseconds : WarmUpMilliseconds);
        }
    }

    private void Calibrate(int contender, double milliseconds)
    {
        double spent = 0;
        while (true)
        {
            double each = Batch(contender) / 1000;
            spent += each * _calls[contender];
            double wanted = Math.Clamp(milliseconds / Math.Max(each, 1e-6), 1, MostCalls);
            bool settled = wanted < 2 * _calls[contender];
            _calls[contender] = (int)Math.Min(wanted, 16.0 * _calls[contender]);
            if (settled && spent >= milliseconds)
                return;
        }
    }

    // Microseconds per call.
    private double Batch(int contender)
    {
        int calls = _calls[contender];
        long start = Stopwatch.GetTimestamp();
        _contenders[contender].Run(calls);
        return Stopwatch.GetElapsedTime(start).TotalMicroseconds / calls;
    }
}
