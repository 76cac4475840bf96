using System.Numerics;
using Latch.Import;
using Latch.Quantize;

namespace Latch.Accuracy.Streams;

/// <summary>The trained models that hand states on: speech denoising, voice activity, an agent with memory.</summary>
public static class StreamCases
{
    private const int Frames = 250, NoiseFrames = 10_000, Block = 512, Hop = 128, CalibrationWords = 40;

    /// <summary>Files and folders the cases need, relative to the shared folder.</summary>
    public static IReadOnlyList<string> Needs { get; } = ["data/FSDD", "models/dtln", "models/silero-vad-16k", "models/silero-vad-v6-seq", "models/mlagents-hallway"];

    /// <summary>Largest standard deviation of the white noise under the spoken digits, of full scale, where they judge voice detectors; 0 for silence of zeros.</summary>
    public static double Hiss { get; set; } = 0.01;

    /// <summary>Each case by name, made when it is asked for.</summary>
    public static IReadOnlyDictionary<string, Func<string, StreamCase>> All { get; } = new Dictionary<string, Func<string, StreamCase>>
    {
        ["dtln 1 (mask)"] = DenoisingMask,
        ["dtln 2 (blocks)"] = DenoisingBlocks,
        ["silero-vad 16k"] = static shared => VoiceActivity(shared, "silero-vad 16k", "silero-vad-16k/silero_vad_16k_op15.onnx", Context + Window, [new ConstantInput("sr", [], Speech.Rate, IsInteger: true)]),
        ["silero-vad v6"] = static shared => VoiceActivity(shared, "silero-vad v6", "silero-vad-v6-seq/silero_vad_v6.onnx", null, []),
        ["mlagents hallway"] = Agent,
    };

    private const int Context = 64, Window = 512;

    private static StreamCase DenoisingMask(string shared)
    {
        float[] noisy = Speech.Stream(Recordings(shared), CalibrationWords, isTest: false, noise: 0.2, seed: 1);
        return new StreamCase
        {
            Name = "dtln 1 (mask)",
            ModelPath = Path.Combine(shared, "models", "dtln", "model_1.onnx"),
            Calibration = [.. Blocks(noisy).Select(Magnitudes)],
            Evaluation = [.. Evaluation(shared, "mags"), .. Blocks(Noise()).Select(Magnitudes)],
            Measure = Distance,
        };
    }

    // What the second model gets is made by the first, in float.
    private static StreamCase DenoisingBlocks(string shared)
    {
        float[] noisy = Speech.Stream(Recordings(shared), CalibrationWords, isTest: false, noise: 0.2, seed: 1);
        return new StreamCase
        {
            Name = "dtln 2 (blocks)",
            ModelPath = Path.Combine(shared, "models", "dtln", "model_2.onnx"),
            Calibration = Masked(shared, Blocks(noisy)),
            Evaluation = [.. Evaluation(shared, "est"), .. Masked(shared, Blocks(Noise()))],
            Measure = Distance,
        };
    }

    // Context of 64 samples before each window of 512.
    private static StreamCase VoiceActivity(string shared, string name, string file, int? steps, IReadOnlyList<ConstantInput> others) => new()
    {
        Name = name,
        ModelPath = Path.Combine(shared, "models", file),
        Steps = steps,
        Others = others,
        Calibration = [.. Windows(Speech.Stream(Recordings(shared), 2 * CalibrationWords, isTest: false, noise: Hiss, seed: 2))],
        Evaluation = [.. Windows(Speech.Stream(Recordings(shared), 150, isTest: true, noise: Hiss, seed: 3))],
        Measure = static (exact, integer, _) =>
        {
            double[] differences = [.. exact.Zip(integer, static (a, b) => (double)Math.Abs(a[0] - b[0]))];
            return
            [
                new StreamFigure("mean difference of the probability", differences.Average(), 0.02, AtLeast: false),
                new StreamFigure("same decision at 0.5", exact.Zip(integer, static (a, b) => a[0] >= 0.5f == b[0] >= 0.5f ? 1.0 : 0).Average(), 0.99, AtLeast: true),
            ];
        },
    };

    private static StreamCase Agent(string shared) => new()
    {
        Name = "mlagents hallway",
        ModelPath = Path.Combine(shared, "models", "mlagents-hallway", "Hallway.onnx"),
        Others = [new ConstantInput("action_masks", [1, 5], 1, IsInteger: false)],
        Calibration = [.. Observations(1000, seed: 4)],
        Evaluation = [.. Observations(1000, seed: 5)],
        Measure = static (exact, integer, _) => [new StreamFigure("same action", exact.Zip(integer, static (a, b) => Largest(a) == Largest(b) ? 1.0 : 0).Average(), 0.99, AtLeast: true)],
    };

    // The speech, then the noise: its worst thousand frames, and what the last thousand lost against the first.
    private static IReadOnlyList<StreamFigure> Distance(IReadOnlyList<float[]> exact, IReadOnlyList<float[]> integer, ActivationWidth width)
    {
        double bar = width == ActivationWidth.Int8 ? 17 : 25;
        double[] noise = [.. Enumerable.Range(0, NoiseFrames / 1000).Select(part => Decibel(exact, integer, Frames + (1000 * part), 1000))];
        return
        [
            new StreamFigure("dB against float, speech", Decibel(exact, integer, 0, Frames), bar, AtLeast: true),
            new StreamFigure("dB against float, worst of the noise", noise.Min(), bar, AtLeast: true),
            new StreamFigure("dB lost over the noise", noise[0] - noise[^1], 1, AtLeast: false),
        ];
    }

    private static double Decibel(IReadOnlyList<float[]> exact, IReadOnlyList<float[]> integer, int first, int count)
    {
        double power = 0, error = 0;
        for (int row = first; row < first + count; row++)
        {
            for (int i = 0; i < exact[row].Length; i++)
                (power, error) = (power + ((double)exact[row][i] * exact[row][i]), error + Math.Pow((double)exact[row][i] - integer[row][i], 2));
        }
        return 10 * Math.Log10(power / Math.Max(error, 1e-30));
    }

    private static string Recordings(string shared) => Path.Combine(shared, "data", "FSDD", "recordings");

    private static float[][] Evaluation(string shared, string tensor) => new SafetensorsFile(Path.Combine(shared, "models", "dtln", "eval.safetensors")).Rows(tensor);

    private static float[] Noise() => [.. Speech.Noise(new Random(6), ((NoiseFrames - 1) * Hop) + Block, 0.1)];

    private static IEnumerable<float[]> Blocks(float[] sound)
    {
        for (int start = 0; start + Block <= sound.Length; start += Hop)
            yield return sound[start..(start + Block)];
    }

    private static IEnumerable<float[]> Windows(float[] sound)
    {
        for (int start = Context; start + Window <= sound.Length; start += Window)
            yield return sound[(start - Context)..(start + Window)];
    }

    private static float[] Magnitudes(float[] block) => [.. Spectrum.Forward(block).Select(static bin => (float)bin.Magnitude)];

    private static IReadOnlyList<float[]> Masked(string shared, IEnumerable<float[]> blocks)
    {
        string path = Path.Combine(shared, "models", "dtln", "model_1.onnx");
        using var runner = new StreamFloatRunner(path, OnnxImporter.Import(path), []);
        return [.. blocks.Select(block =>
        {
            Complex[] bins = Spectrum.Forward(block);
            float[] mask = runner.Step([.. bins.Select(static bin => (float)bin.Magnitude)]);
            return Spectrum.Inverse([.. bins.Zip(mask, static (bin, kept) => bin * kept)]);
        })];
    }

    // 15 rays of 7: what was hit (one of 5, or nothing) and how far away; then 3 numbers of the agent's own.
    private static IEnumerable<float[]> Observations(int count, int seed)
    {
        var random = new Random(seed);
        var row = new float[108];
        for (int step = 0; step < count; step++)
        {
            for (int ray = 0; ray < 15; ray++)
            {
                if (step > 0 && random.NextDouble() > 0.1)
                    continue;
                Array.Clear(row, 7 * ray, 7);
                row[(7 * ray) + random.Next(6)] = 1;
                row[(7 * ray) + 6] = random.NextSingle();
            }
            for (int own = 105; own < 108; own++)
                row[own] = Math.Clamp(row[own] + ((random.NextSingle() - 0.5f) * 0.4f), -1, 1);
            yield return [.. row];
        }
    }

    private static int Largest(float[] values) => Array.IndexOf(values, values.Max());
}
