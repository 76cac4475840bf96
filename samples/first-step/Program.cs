// Steps a .latch model through a recording and prints what the last sample gave, with a fingerprint of every state on the way:
// the same fingerprint on every processor means the same integers.
using System.Diagnostics;
using Latch.Model;
using Latch.Runtime;
using Latch.Sensors;
using Latch.Sensors.Csv;

if (args.Length != 2)
{
    Console.Error.WriteLine("usage: first-step MODEL.latch SERIES.csv[.gz]");
    return 2;
}

try
{
    using LatchModel model = LatchModel.Load(args[0]);
    using var source = new SelectedSource(new CsvReplaySource(args[1]), [.. model.Channels.Select(channel => channel.Name)]);

    Session session = model.CreateSession();
    var sample = new float[model.InputSize];
    var result = new float[model.OutputSize];
    var state = new int[session.StateSize];
    ulong fingerprint = 14695981039346656037;
    long inSteps = 0, ticks = 0;
    while (source.TryRead(sample, out _))
    {
        long before = GC.GetAllocatedBytesForCurrentThread(), start = Stopwatch.GetTimestamp();
        session.Step(sample, result);
        ticks += Stopwatch.GetTimestamp() - start;
        if (session.StepCount > 1)
            inSteps += GC.GetAllocatedBytesForCurrentThread() - before;
        session.SaveState(state);
        foreach (int value in state)
            fingerprint = (fingerprint ^ (uint)value) * 1099511628211;
    }

    Console.WriteLine($"model        {model.Name}");
    Console.WriteLine($"kernel       {model.Kernel}");
    Console.WriteLine($"steps        {session.StepCount}, {Stopwatch.GetElapsedTime(0, ticks).TotalMicroseconds / Math.Max(session.StepCount, 1):F2} us each");
    Console.WriteLine($"allocated    {inSteps} bytes in all steps after the first");
    Console.WriteLine($"last result  {string.Join(' ', result.Take(4).Select(value => value.ToString("F4")))} ...");
    Console.WriteLine($"fingerprint  {fingerprint:x16}");
    return 0;
}
catch (Exception error) when (error is SensorFileException or ArgumentException or IOException or ModelFormatException or InvalidOperationException)
{
    Console.Error.WriteLine($"first-step: {error.Message}");
    return 3;
}
