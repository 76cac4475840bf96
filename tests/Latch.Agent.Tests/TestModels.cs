using System.Globalization;
using System.Text;
using Latch.Agent.Configuration;
using Latch.Agent.Models;
using Latch.Anomaly;
using Latch.Model;
using Latch.Runtime;
using Latch.Runtime.Tests.Reference;

namespace Latch.Agent.Tests;

/// <summary>A small model that yields as many values as it takes, its data, and a profile learnt from them.</summary>
internal static class TestModels
{
    public static readonly string[] Names = ["a", "b", "c"];

    public static ModelDefinition Definition(int seed = 4)
    {
        FloatLayer layer = new(new LayerOptions(CellKind.Lstm, Names.Length, Names.Length), new Random(seed));
        return LayerQuantizer.Model(layer, channels: [.. Names.Select(static name => new Channel(name, "V"))]) with { Name = $"small-{seed}", SampleRateHz = 10 };
    }

    public static float[] Sample(long step) => [MathF.Sin(0.1f * step), MathF.Cos(0.037f * step), 0.5f * MathF.Sin(0.71f * step)];

    public static string Csv(int rows)
    {
        StringBuilder text = new("c,a,b\n");
        for (int step = 0; step < rows; step++)
        {
            float[] sample = Sample(step);
            text.AppendLine(string.Create(CultureInfo.InvariantCulture, $"{sample[2]},{sample[0]},{sample[1]}"));
        }

        return text.ToString();
    }

    public static LoadedModel Load(int seed = 4, bool profile = false)
    {
        ModelDefinition definition = Definition(seed);
        LatchModel model = LatchModel.Create(definition);
        return new LoadedModel(model, definition.Name, 0, Telemetry.Recordings.ModelFingerprint.Of(definition), null, profile ? Profile(model) : null, profile ? 7u : 0, 0, null);
    }

    public static AnomalyProfile Profile(LatchModel model)
    {
        const int Steps = 2000;
        Random random = new(5);
        float[] observed = new float[Steps * Names.Length], forecasts = new float[Steps * Names.Length];
        forecasts.AsSpan(0, Names.Length).Fill(float.NaN);
        float[] result = new float[Names.Length];
        Session session = model.CreateSession();
        for (int step = 0; step < Steps; step++)
        {
            float[] sample = Sample(step);
            for (int at = 0; at < sample.Length; at++)
                sample[at] += 0.01f * random.NextSingle();
            sample.CopyTo(observed, step * Names.Length);
            session.Step(sample, result);
            if (step + 1 < Steps)
                result.CopyTo(forecasts, (step + 1) * Names.Length);
        }

        return AnomalyProfile.Fit(Names, 10, observed, forecasts);
    }

    public static AgentConfiguration Configuration(string json, string folder = "/")
    {
        ConfigurationFaults faults = new();
        AgentConfiguration configuration = ConfigurationReader.Parse(json, folder, faults, []);
        Assert.Empty(faults.All);
        return configuration;
    }

    public static AgentConfiguration Plain() => Configuration("""{"model": "m.latch", "source": {"kind": "stdin"}}""");
}
