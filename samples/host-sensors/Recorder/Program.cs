// Records the host's own telemetry for a given time, with planned sensor faults if a plan is given.
using System.Globalization;
using System.Runtime.InteropServices;
using Latch.Sensors;
using Latch.Sensors.Csv;
using Latch.Sensors.Faults;
using Latch.Sensors.Host;

if (args.Length is < 2 or > 3 || !double.TryParse(args[1], CultureInfo.InvariantCulture, out double minutes))
{
    Console.Error.WriteLine("Use: Recorder FILE.csv[.gz] MINUTES [SENSOR-FAULTS.csv]");
    return 2;
}

using CancellationTokenSource end = new(TimeSpan.FromMinutes(minutes));
using PosixSignalRegistration interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
using PosixSignalRegistration terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);

HostSensorSource host = new(sampleRate: 1);
foreach (string absent in host.Absent)
    Console.WriteLine($"This machine does not show: {absent}");

using ISensorSource source = new FaultySource(new PacedSource(host, end.Token), args.Length > 2 ? FaultPlan.Load(args[2]) : []);
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
