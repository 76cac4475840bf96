using Latch.Model;
using Latch.Runtime;
using Latch.Runtime.Tests.Reference;

namespace Latch.Inspector.Tests;

/// <summary>Small models with seeded weights, and samples for them.</summary>
internal static class TestModels
{
    public const int Inputs = 3;
    public const int Units = 5;

    public static string[] Names { get; } = ["a.one", "b", "c,d"];

    public static LatchModel Random(CellKind kind, int seed = 1, int units = Units) => LatchModel.Create(
        LayerQuantizer.Model(new FloatLayer(new LayerOptions(kind, Inputs, units), new Random(seed)), channels: [.. Names.Select(static name => new Channel(name, "V"))]) with { SampleRateHz = 2 });

    public static InspectorInput Input(params InspectorLabel[] labels) => new("test", Names, ["V", "V", "V"], 2, labels);

    /// <summary>A sample of three waves.</summary>
    public static float[] Sample(long step) => [MathF.Sin(step * 0.3f), MathF.Cos(step * 0.17f), step % 7 / 3f];

    /// <summary>A replay of some models over some steps, ended.</summary>
    public static InspectorSession Replay(int steps, params InspectedModel[] models) => Replay(Input(), steps, Sample, models);

    /// <summary>A replay over samples of one's own, ended.</summary>
    public static InspectorSession Replay(InspectorInput input, int steps, Func<long, float[]> sample, params InspectedModel[] models)
    {
        InspectorSession session = new(input, models, steps, live: false);
        for (int step = 0; step < steps; step++)
            session.Append(sample(step));
        session.End();
        return session;
    }
}

/// <summary>What a session computes, step by step, taken without the inspector.</summary>
internal sealed class DirectRun
{
    private DirectRun(LatchModel model) => Model = model;

    public LatchModel Model { get; }

    /// <summary>Gates in storage order, then c, then h; per step and unit.</summary>
    public List<int[]> Codes { get; } = [];

    public List<float[]> Outputs { get; } = [];

    /// <summary>Runs a model; <paramref name="before"/> is called before each step.</summary>
    public static DirectRun Of(LatchModel model, int steps, Action<Session, int>? before = null, Func<long, float[]>? sample = null)
    {
        DirectRun run = new(model);
        Session session = model.CreateSession();
        Probe probe = new(run.Codes);
        for (int step = 0; step < steps; step++)
        {
            before?.Invoke(session, step);
            float[] output = new float[model.OutputSize];
            session.Step((sample ?? TestModels.Sample)(step), output, ref probe);
            run.Outputs.Add(output);
        }
        return run;
    }

    /// <summary>One quantity of some steps, by its place among the codes.</summary>
    public int[] Plane(int quantity, int from, int to)
    {
        int units = Model.Layers[0].HiddenSize;
        return [.. Codes[from..to].SelectMany(step => step.AsSpan(quantity * units, units).ToArray())];
    }

    private readonly struct Probe(List<int[]> codes) : IGateProbe
    {
        public void OnStep(in GateFrame frame) => codes.Add([.. frame.Gates, .. frame.Cell, .. frame.Hidden]);
    }
}
