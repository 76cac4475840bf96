using System.Globalization;
using System.Runtime.InteropServices;
using Latch.Model;
using Latch.Runtime;
using Latch.Sensors;
using Latch.Sensors.Csv;

namespace Latch.AotSmoke;

/// <summary>Steps a model through a recording: the hash covers every state and every result on the way.</summary>
internal static class RunCommand
{
    private const ulong HashStart = 14695981039346656037, HashFactor = 1099511628211;

    public static int Run(string modelPath, string seriesPath, ReadOnlySpan<string> options)
    {
        string? kernel = Usage.Option(options, "--kernel");
        int repeat = 1;
        if (Usage.Option(options, "--repeat") is { } text && !(int.TryParse(text, CultureInfo.InvariantCulture, out repeat) && repeat > 0))
            return Usage.Show($"--repeat '{text}' is not a positive number.");
        try
        {
            List<float[]> samples = ReadSamples(modelPath, seriesPath);
            ulong? first = null;
            bool agree = true;
            foreach (string? name in kernel == "all" ? LatchModel.AvailableKernels : (IEnumerable<string?>)[kernel])
            {
                ulong hash = Hash(modelPath, name, samples, repeat);
                first ??= hash;
                agree &= hash == first;
            }
            if (!agree)
                Console.Error.WriteLine("aot-smoke: the hashes differ.");
            return agree ? Usage.Ok : Usage.Different;
        }
        catch (Exception error) when (error is SensorFileException or ArgumentException or IOException or ModelFormatException or InvalidOperationException)
        {
            Console.Error.WriteLine($"aot-smoke: {error.Message}");
            return Usage.Unusable;
        }
    }

    private static List<float[]> ReadSamples(string modelPath, string seriesPath)
    {
        ModelDefinition definition = ModelReader.Read(modelPath);
        using var source = new SelectedSource(new CsvReplaySource(seriesPath), [.. definition.Channels.Select(static channel => channel.Name)]);
        List<float[]> samples = [];
        var sample = new float[source.Channels.Count];
        while (source.TryRead(sample, out _))
            samples.Add([.. sample]);
        return samples;
    }

    private static ulong Hash(string modelPath, string? kernel, List<float[]> samples, int repeat)
    {
        using LatchModel model = LatchModel.Load(modelPath, new LatchModelOptions { Kernel = kernel });
        Session session = model.CreateSession();
        var result = new float[model.OutputSize];
        var state = new int[session.StateSize];
        // Before the first step a just-in-time compiler still loads types, which may allocate.
        if (samples.Count > 0)
            session.Step(samples[0], result);
        session.Reset();
        ulong hash = HashStart;
        long allocated = 0;
        for (int pass = 0; pass < repeat; pass++)
        {
            foreach (float[] sample in samples)
            {
                long before = GC.GetAllocatedBytesForCurrentThread();
                session.Step(sample, result);
                allocated += GC.GetAllocatedBytesForCurrentThread() - before;
                session.SaveState(state);
                hash = Add(Add(hash, state), MemoryMarshal.Cast<float, int>(result));
            }
        }
        Console.WriteLine($"kernel       {model.Kernel}");
        Console.WriteLine($"steps        {session.StepCount}");
        Console.WriteLine($"allocated    {allocated} bytes in all steps together");
        Console.WriteLine($"hash         {hash:x16}");
        return hash;
    }

    /// <summary>FNV-1a over whole integers.</summary>
    private static ulong Add(ulong hash, ReadOnlySpan<int> integers)
    {
        foreach (int value in integers)
            hash = (hash ^ (uint)value) * HashFactor;
        return hash;
    }
}
