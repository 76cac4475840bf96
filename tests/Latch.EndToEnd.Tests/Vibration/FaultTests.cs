using System.Globalization;
using System.IO.Compression;
using System.Text.Json;
using Latch.Anomaly;
using Latch.Samples.Vibration;
using Microsoft.ML.OnnxRuntime;

namespace Latch.EndToEnd.Tests.Vibration;

/// <summary>What the README says of the shipped model: the faults it finds in int8, and that float finds the same.</summary>
public sealed class FaultTests : IDisposable
{
    private const int Window = 2, Rate = 100, Channels = 3;
    private const long Tolerance = 30 * Rate;
    private static readonly string[] s_mayBeMissed = ["outer level 1", "inner level 1", "ball level 1"];  // impacts of 20 mg
    private readonly string _folder = Directory.CreateTempSubdirectory("latch-vibration-test-").FullName;

    private static string Sample(string name) => Path.Combine(SharedData.Repository, "samples", "vibration", name);

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Watch_TestRecording_AllButTheWeakestImpactsInInt8AsInFloat()
    {
        string model = Path.Combine(_folder, "vibration.latch");
        LatchProcess quantized = await LatchProcess.Run(
            "quantize", Sample("vibration-lstm.onnx"), "--calibration", Sample("train.csv.gz"), "--channels", Sample("vibration-channels.json"), "-o", model);
        Assert.True(quantized.Code == 0, quantized.Error);
        LatchProcess compared = await LatchProcess.Run("compare", Sample("vibration-lstm.onnx"), model, "--data", Sample("test.csv.gz"), "--json");
        Assert.InRange(compared.Document().GetProperty("outputs")[0].GetProperty("sqnrDb").GetDouble(), 30, 120);

        JsonElement watched = (await LatchProcess.Run(
            "watch", model, "--source", Sample("test.csv.gz"), "--train", Sample("train.csv.gz"), "--window", $"{Window}", "--json")).Document();
        long[] inInt8 = [.. watched.GetProperty("alarms").EnumerateArray().Select(static alarm => alarm.GetProperty("start").GetInt64())];
        long[] inFloat = await FloatAlarms();

        Assert.Empty(Missed(inInt8).Except(s_mayBeMissed));
        Assert.Empty(Missed(inFloat).Except(s_mayBeMissed));
        Assert.InRange(False(inInt8), 0, 1);
        Assert.InRange(False(inFloat), 0, 1);
    }

    [Fact]
    public async Task Watch_UnseenRecording_AllButTheWeakestBallWithoutAFalseAlarm()
    {
        string model = Path.Combine(_folder, "vibration.latch"), recording = Path.Combine(_folder, "unseen.csv"), labels = Path.Combine(_folder, "unseen.labels.csv");
        Recorder.Write(Scenario.Load(Sample("unseen.scenario")), 3, recording, labels);
        Assert.Equal(await File.ReadAllTextAsync(Sample("unseen.labels.csv"), TestContext.Current.CancellationToken), await File.ReadAllTextAsync(labels, TestContext.Current.CancellationToken));
        LatchProcess quantized = await LatchProcess.Run(
            "quantize", Sample("vibration-lstm.onnx"), "--calibration", Sample("train.csv.gz"), "--channels", Sample("vibration-channels.json"), "-o", model);
        Assert.True(quantized.Code == 0, quantized.Error);
        JsonElement watched = (await LatchProcess.Run("watch", model, "--source", recording, "--train", Sample("train.csv.gz"), "--window", $"{Window}", "--json")).Document();
        long[] starts = [.. watched.GetProperty("alarms").EnumerateArray().Select(static alarm => alarm.GetProperty("start").GetInt64())];
        IReadOnlyList<FaultLabel> faults = FaultLabel.Load(labels);
        Assert.Equal(["ball level 1"], faults.Where(label => !starts.Any(start => IsIn(label, start))).Select(Name));
        Assert.DoesNotContain(starts, start => !faults.Any(label => IsIn(label, start)));
    }

    [Fact]
    public void Labels_TestRecording_EveryKindAtEveryLevel()
    {
        string[] expected = [.. from level in (int[])[1, 2, 3] from kind in (string[])["imbalance", "misalignment", "looseness", "outer", "inner", "ball"] select $"{kind} level {level}"];
        Assert.Equal(expected, Labels().Select(Name));
    }

    /// <summary>Alarms of the float model: ONNX Runtime's forecasts through the same detector.</summary>
    private static async Task<long[]> FloatAlarms()
    {
        float[] train = await Normalised("train.csv.gz"), test = await Normalised("test.csv.gz");
        AnomalyProfile profile = AnomalyProfile.Fit(["x", "y", "z"], Rate, train, Forecasts(train), DetectorSettings.ForWindow(Window * Rate));
        AnomalyDetector detector = new(profile);
        float[] forecasts = Forecasts(test);
        List<long> starts = [];
        for (int row = 0; row < test.Length / Channels; row++)
        {
            bool before = detector.InAlarm;
            detector.Step(test.AsSpan(row * Channels, Channels), forecasts.AsSpan(row * Channels, Channels), out _);
            if (detector.InAlarm && !before)
                starts.Add(row);
        }

        return [.. starts];
    }

    /// <summary>For each row the forecast that was made one row before it; NaN for the first.</summary>
    private static float[] Forecasts(float[] series)
    {
        using InferenceSession session = new(Sample("vibration-lstm.onnx"));
        using OrtValue input = OrtValue.CreateTensorValueFromMemory(series, [series.Length / Channels, 1, Channels]);
        using RunOptions options = new();
        using IDisposableReadOnlyCollection<OrtValue> results = session.Run(options, ["samples"], [input], ["forecasts"]);
        return [float.NaN, float.NaN, float.NaN, .. results[0].GetTensorDataAsSpan<float>()[..^Channels]];
    }

    private static async Task<float[]> Normalised(string name)
    {
        using JsonDocument document = JsonDocument.Parse(await File.ReadAllTextAsync(Sample("vibration-channels.json"), TestContext.Current.CancellationToken));
        double limit = document.RootElement.GetProperty("limit").GetDouble();
        (double Mean, double Std)[] channels = [.. document.RootElement.GetProperty("channels").EnumerateArray()
            .Select(static channel => (channel.GetProperty("mean").GetDouble(), channel.GetProperty("std").GetDouble()))];
        using StreamReader reader = new(new GZipStream(File.OpenRead(Sample(name)), CompressionMode.Decompress));
        Assert.Equal("x,y,z", await reader.ReadLineAsync(TestContext.Current.CancellationToken));
        List<float> values = [];
        while (await reader.ReadLineAsync(TestContext.Current.CancellationToken) is { } line)
            values.AddRange(line.Split(',').Select((field, at) => (float)Math.Clamp((double.Parse(field, CultureInfo.InvariantCulture) - channels[at].Mean) / channels[at].Std, -limit, limit)));
        return [.. values];
    }

    private static string[] Missed(long[] starts) => [.. Labels().Where(label => !starts.Any(start => IsIn(label, start))).Select(Name)];

    private static int False(long[] starts) => starts.Count(start => !Labels().Any(label => IsIn(label, start)));

    private static bool IsIn(FaultLabel label, long start) => start >= label.Start && start < label.End + Tolerance;

    private static string Name(FaultLabel label) => $"{label.Kind} {label.Target.Split(':')[0]}";

    private static IReadOnlyList<FaultLabel> Labels() => FaultLabel.Load(Sample("test.labels.csv"));
}
