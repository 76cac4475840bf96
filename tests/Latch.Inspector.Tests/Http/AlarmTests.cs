using System.Text.Json;
using Latch.Anomaly;
using Latch.Model;
using Latch.Runtime;
using Latch.Runtime.Tests.Reference;

namespace Latch.Inspector.Tests.Http;

/// <summary>
/// A forecaster of one unit that always expects the same level, and 0 while its output gate is closed. Readings at the level are strange to the forced run
/// alone (gained), readings around 0 to the untouched one alone (lost), and readings at twice the level to both.
/// </summary>
public sealed class AlarmTests
{
    private const double Level = 0.5;
    private const double Noise = 0.02;
    private const int Steps = 240;
    private const int WarmUp = 60;

    [Fact]
    public async Task Force_OutputGateClosed_GainsTheLevelAndLosesZero()
    {
        using LatchModel model = Constant();
        float[] train = [.. Enumerable.Range(0, 4000).Select(static step => step % 100 < 5 ? float.NaN : (float)(Level + (Noise * Gaussian(step))))];
        DetectorSettings settings = new() { WarmUp = WarmUp, ShortWindow = 2, LongWindow = 2, HoldSteps = 2 };
        AnomalyProfile profile = AnomalyProfile.Fit(["x"], 1, train, Forecasts(model, train, closed: false), settings);
        float[] test = [.. Enumerable.Range(0, Steps).Select(Reading)];
        (double[] scores, List<Alarm> before) = Watch(profile, test, Forecasts(model, test, closed: false));
        (double[] forcedScores, List<Alarm> after) = Watch(profile, test, Forecasts(model, test, closed: true));
        Assert.Equal([105L, 205], before.Select(static alarm => alarm.Start));
        Assert.Equal([60L, 150, 205], after.Select(static alarm => alarm.Start));

        InspectorSession session = TestModels.Replay(
            new InspectorInput("alarms", ["x"], [""], 1, []), Steps, step => [test[step]], new InspectedModel("m", "m.latch", model) { Profile = profile });
        await using TestServer server = await TestServer.Start(session);
        (_, JsonElement document) = await server.Post("""{"forces":[{"layer":0,"gate":"output","how":"closed"}]}""");
        JsonElement alarms = document.GetProperty("alarms");
        Assert.Equal((2, 3), (alarms.GetProperty("base").GetInt32(), alarms.GetProperty("forced").GetInt32()));
        Assert.Equal([Text(before[0])], alarms.GetProperty("lost").EnumerateArray().Select(static alarm => alarm.GetRawText()));
        Assert.Equal([Text(after[0]), Text(after[1])], alarms.GetProperty("gained").EnumerateArray().Select(static alarm => alarm.GetRawText()));
        Assert.Equal($"[{string.Join(',', before.Select(Text))}]", (await server.Json("/api/alarms")).GetRawText());
        Assert.Equal($"[{string.Join(',', after.Select(Text))}]", (await server.Json("/api/alarms?track=forced")).GetRawText());
        float[] shown = await server.Floats("/api/series?what=score"), shownForced = await server.Floats("/api/series?what=score&track=forced");
        Assert.Equal(scores.Select(static score => (float)score), shown);
        Assert.Equal(forcedScores.Select(static score => (float)score), shownForced);
        double[] changes = [.. shownForced.Zip(shown, static (a, b) => (double)a - b)];
        JsonElement score = document.GetProperty("score");
        int largest = Enumerable.Range(WarmUp, Steps - WarmUp).MaxBy(step => Math.Abs(changes[step]));
        Assert.Equal(changes.Skip(WarmUp).Average(), score.GetProperty("meanChange").GetDouble(), 1e-9);
        Assert.Equal((changes[largest], largest), (score.GetProperty("largestChange").GetDouble(), score.GetProperty("largestStep").GetInt32()));
        JsonElement told = (await server.Json("/api/session")).GetProperty("models")[0];
        Assert.Equal((true, profile.Threshold(1)), (told.GetProperty("hasScore").GetBoolean(), told.GetProperty("threshold").GetDouble()));
    }

    private static string Text(Alarm alarm) => FormattableString.Invariant(
        $$"""{"start":{{alarm.Start}},"end":{{alarm.End}},"channel":"x","reason":"{{alarm.Reason.ToString().ToLowerInvariant()}}","peak":{{alarm.PeakScore:R}},"peakStep":{{alarm.PeakStep}}}""");

    /// <summary>The level, then 0, the level again, twice the level; readings are missing in between, so that no alarm lasts into the next stretch.</summary>
    private static float Reading(int step)
    {
        double level = step switch
        {
            < 100 => Level,
            < 105 => double.NaN,
            < 145 => 0,
            < 150 => double.NaN,
            < 200 => Level,
            < 205 => double.NaN,
            _ => 2 * Level,
        };
        return (float)(level + (Noise * Gaussian(100_000 + step)));
    }

    private static LatchModel Constant()
    {
        FloatLayer layer = new(new LayerOptions(CellKind.Lstm, 1, 1) { WeightRange = 0, Wide = true }, new Random(0));
        (layer.Bias[0], layer.Bias[1], layer.Bias[2], layer.Bias[3]) = (16, 16, -16, Math.Atanh(Math.Atanh(Level)));
        return LatchModel.Create(LayerQuantizer.Model(layer, channels: [new Channel("x")]));
    }

    /// <summary>The forecast of each row, made one step before; NaN for the first.</summary>
    private static float[] Forecasts(LatchModel model, float[] readings, bool closed)
    {
        Session session = model.CreateSession();
        if (closed)
            session.Gates.Force(0, Gate.Output, GateForce.Closed);
        float[] forecasts = new float[readings.Length + 1];
        forecasts[0] = float.NaN;
        for (int step = 0; step < readings.Length; step++)
            session.Step(readings.AsSpan(step, 1), forecasts.AsSpan(step + 1, 1));
        return forecasts[..^1];
    }

    private static (double[] Scores, List<Alarm> Alarms) Watch(AnomalyProfile profile, float[] readings, float[] forecasts)
    {
        AnomalyDetector detector = new(profile);
        double[] scores = new double[readings.Length];
        List<Alarm> alarms = [];
        for (int step = 0; step < readings.Length; step++)
        {
            scores[step] = detector.Step(readings.AsSpan(step, 1), forecasts.AsSpan(step, 1), out bool ended);
            if (ended)
                alarms.Add(detector.Alarm);
        }
        if (detector.InAlarm)
            alarms.Add(detector.Alarm);
        return (scores, alarms);
    }

    /// <summary>A normal number that depends on the step alone.</summary>
    private static double Gaussian(int step)
    {
        Random random = new(step);
        return Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
    }
}
