namespace Latch.Anomaly.Tests;

/// <summary>Seeded readings of some channels whose forecast is 0: the residual is Gaussian noise of standard deviation 1.</summary>
internal sealed class Series(int channels, int steps, int seed)
{
    private readonly float[] _readings = Gaussian(channels * steps, seed);

    internal int Channels => channels;

    internal int Steps => steps;

    internal float[] Readings => _readings;

    internal float[] Forecasts { get; } = new float[channels * steps];

    internal string[] Names { get; } = [.. Enumerable.Range(0, channels).Select(i => $"c{i}")];

    internal ref float this[int step, int channel] => ref _readings[(step * channels) + channel];

    internal AnomalyProfile Fit(DetectorSettings? settings = null) => AnomalyProfile.Fit(Names, 1, Readings, Forecasts, settings);

    internal List<Alarm> Watch(AnomalyDetector detector)
    {
        List<Alarm> alarms = [];
        for (int step = 0; step < steps; step++)
        {
            detector.Step(_readings.AsSpan(step * channels, channels), Forecasts.AsSpan(step * channels, channels), out bool ended);
            if (ended)
                alarms.Add(detector.Alarm);
        }

        if (detector.InAlarm)
            alarms.Add(detector.Alarm);
        return alarms;
    }

    private static float[] Gaussian(int count, int seed)
    {
        Random random = new(seed);
        float[] values = new float[count];
        for (int i = 0; i < count; i++)
            values[i] = (float)(Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble()));
        return values;
    }
}
