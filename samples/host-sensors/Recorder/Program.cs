// Records the host's own telemetry for a given time: Recorder FILE.csv[.gz] MINUTES [RATE_HZ]
using System.Globalization;
using System.Runtime.InteropServices;
using Latch.Sensors;
using Latch.Sensors.Csv;
using Latch.Sensors.Host;

if (args.Length is < 2 or > 3
    || !double.TryParse(args[1], CultureInfo.InvariantCulture, out double minutes)
    || !double.TryParse(args.Length > 2 ? args[2] : "1", CultureInfo.InvariantCulture, out double rate))
{
    Console.Error.WriteLine("Use: Recorder FILE.csv[.gz] MINUTES [RATE_HZ]");
    return 2;
}

using CancellationTokenSource end = new(TimeSpan.FromMinutes(minutes));
using PosixSignalRegistration interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
using PosixSignalRegistration terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);

HostSensorSource host = new(rate);
foreach (string absent in host.Absent)
    Console.WriteLine($"This machine does not show: {absent}");

using PacedSource source = new(host, end.Token);
using CsvRecorder recorder = new(args[0], source.Channels);
float[] sample = new float[source.Channels.Count];
Console.WriteLine($"Recording {sample.Length} channels to {args[0]} for {minutes} minutes.");
while (source.TryRead(sample, out DateTimeOffset time))
    recorder.Write(sample, time);
Console.WriteLine($"{recorder.Rows} rows.");
return 0;

void Stop(PosixSignalContext context)
{
    context.Cancel = true;
    end.Cancel();
}
