using System.Globalization;
using Latch.Sensors.Csv;

namespace Latch.Sensors.Tests;

/// <summary>The recordings of samples/host-sensors are what their README says.</summary>
public sealed class ShippedRecordingTests
{
    private static readonly string s_folder = Path.Combine(Repository(), "samples", "host-sensors");

    [Theory]
    [InlineData("train.csv.gz", 60 * 60)]
    [InlineData("test.csv.gz", 40 * 60)]
    public void Replay_Recording_IsLongEnoughAndKeepsItsRate(string file, int seconds)
    {
        using CsvReplaySource source = new(Path.Combine(s_folder, file));
        Assert.Equal(1, source.SampleRate);
        Assert.Equal(25, source.Channels.Count);
        (_, List<DateTimeOffset> times) = Read(file);
        Assert.True((times[^1] - times[0]).TotalSeconds >= seconds - 1);
        double[] gaps = [.. times.Zip(times.Skip(1), (first, second) => (second - first).TotalSeconds)];
        Assert.All(gaps, gap => Assert.InRange(gap, 0, 2.5));
        Assert.InRange(gaps.Count(gap => gap is < 0.9 or > 1.1), 0, gaps.Length / 50);
    }

    [Fact]
    public void Recordings_TrainAndTest_HaveTheSameChannels()
    {
        using CsvReplaySource train = new(Path.Combine(s_folder, "train.csv.gz"));
        using CsvReplaySource test = new(Path.Combine(s_folder, "test.csv.gz"));
        Assert.Equal(train.Channels, test.Channels);
    }

    [Fact]
    public void Labels_SensorFaults_MarkTheRowsThatShowThem()
    {
        (Dictionary<string, List<float>> readings, _) = Read("test.csv.gz");
        Dictionary<string, int> seen = [];
        foreach (string[] label in File.ReadLines(Path.Combine(s_folder, "test.labels.csv")).Skip(1).Select(line => line.Split(',')))
        {
            (int start, int end) = (int.Parse(label[0], CultureInfo.InvariantCulture), int.Parse(label[1], CultureInfo.InvariantCulture));
            seen[label[2]] = seen.GetValueOrDefault(label[2]) + 1;
            if (!readings.TryGetValue(label[3], out List<float>? channel) || label[2] == "drift")
                continue;
            float expected = label[2] switch { "stuck" => channel[start - 1], "zero" => 0, _ => float.NaN };
            Assert.All(channel[start..end], reading => Assert.Equal(expected, reading));
            Assert.NotEqual(expected, channel[end]);
        }

        Assert.Equal(14, seen.Values.Sum());
        Assert.Equal(["disk", "drift", "flood", "leak", "missing", "runaway", "stuck", "zero"], seen.Keys.Order(StringComparer.Ordinal));
    }

    private static (Dictionary<string, List<float>> Readings, List<DateTimeOffset> Times) Read(string file)
    {
        using CsvReplaySource source = new(Path.Combine(s_folder, file));
        Dictionary<string, List<float>> readings = source.Channels.ToDictionary(channel => channel.Name, _ => new List<float>());
        List<DateTimeOffset> times = [];
        float[] sample = new float[source.Channels.Count];
        while (source.TryRead(sample, out DateTimeOffset time))
        {
            times.Add(time);
            for (int i = 0; i < sample.Length; i++)
                readings[source.Channels[i].Name].Add(sample[i]);
        }

        return (readings, times);
    }

    private static string Repository()
    {
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Toolkit.sln")))
            folder = folder.Parent;
        return folder?.FullName ?? throw new DirectoryNotFoundException("Toolkit.sln was not found above the tests.");
    }
}
