using System.Buffers.Binary;

namespace Latch.Accuracy.Streams;

/// <summary>Streams of 16 kHz sound made from spoken digits (FSDD, 8 kHz), with silence between the words.</summary>
public static class Speech
{
    /// <summary>Samples a second.</summary>
    public const int Rate = 16_000;

    /// <summary>Words in random order, gaps of 0.2 to 1.5 s between them.</summary>
    /// <param name="folder">The recordings.</param>
    /// <param name="words">How many words.</param>
    /// <param name="isTest">True for recordings 0 to 4 of each digit and speaker, false for 5 to 49.</param>
    /// <param name="noise">Largest standard deviation of the white noise under everything, of full scale; each word and gap has its own level.</param>
    /// <param name="seed">For order, gaps, levels and noise.</param>
    public static float[] Stream(string folder, int words, bool isTest, double noise, int seed)
    {
        string[] files = [.. Directory.EnumerateFiles(folder, "*.wav").Where(file => Take(file) < 5 == isTest).Order(StringComparer.Ordinal)];
        if (files.Length == 0)
            throw new FileNotFoundException($"'{folder}' holds no such recordings.");
        var random = new Random(seed);
        var sound = new List<float>();
        for (int word = 0; word < words; word++)
        {
            double level = noise * random.NextDouble();
            float[] spoken = Doubled(Read(files[random.Next(files.Length)]));
            float loudness = 0.2f + (0.8f * random.NextSingle());
            sound.AddRange(Noise(random, random.Next(Rate / 5, Rate * 3 / 2), level));
            sound.AddRange(Noise(random, spoken.Length, level).Zip(spoken, (hiss, sample) => hiss + (loudness * sample)));
        }
        return [.. sound];
    }

    /// <summary>White noise, normally distributed.</summary>
    public static IEnumerable<float> Noise(Random random, int count, double deviation)
    {
        for (int i = 0; i < count; i++)
            yield return (float)(deviation * Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble()));
    }

    // digit_speaker_take.wav
    private static int Take(string file) => int.Parse(Path.GetFileNameWithoutExtension(file).Split('_')[2], System.Globalization.CultureInfo.InvariantCulture);

    // 16-bit mono, the samples in the chunk "data".
    private static float[] Read(string path)
    {
        byte[] bytes = File.ReadAllBytes(path);
        int at = 12;
        while (!bytes.AsSpan(at, 4).SequenceEqual("data"u8))
            at += 8 + BinaryPrimitives.ReadInt32LittleEndian(bytes.AsSpan(at + 4));
        int count = Math.Min(BinaryPrimitives.ReadInt32LittleEndian(bytes.AsSpan(at + 4)), bytes.Length - at - 8) / 2;
        return [.. Enumerable.Range(0, count).Select(i => BinaryPrimitives.ReadInt16LittleEndian(bytes.AsSpan(at + 8 + (2 * i))) / 32768f)];
    }

    // Twice the rate: every other sample by a windowed sinc of 32 taps.
    private static float[] Doubled(float[] samples)
    {
        const int Half = 16;
        double[] taps = [.. Enumerable.Range(0, 2 * Half).Select(static i =>
        {
            double x = i - Half + 0.5;
            return Math.Sin(Math.PI * x) / (Math.PI * x) * (0.5 + (0.5 * Math.Cos(Math.PI * x / Half)));
        })];
        var result = new float[2 * samples.Length];
        for (int i = 0; i < samples.Length; i++)
        {
            double between = 0;
            for (int tap = 0; tap < taps.Length; tap++)
            {
                int at = i + tap - Half + 1;
                if (at >= 0 && at < samples.Length)
                    between += taps[tap] * samples[at];
            }
            result[2 * i] = samples[i];
            result[(2 * i) + 1] = (float)between;
        }
        return result;
    }
}
