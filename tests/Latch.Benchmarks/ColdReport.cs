namespace Latch.Benchmarks.Cold;

/// <summary>What both cold-start programs take in and print, so that they differ in the runtime alone.</summary>
internal static class ColdReport
{
    /// <summary>Argument that asks for the memory line.</summary>
    public const string Memory = "--memory";

    /// <summary>The one sample: a ramp from -1 to 1.</summary>
    public static float[] Sample(int size)
    {
        float[] sample = new float[size];
        for (int i = 0; i < size; i++)
            sample[i] = (2f * i / Math.Max(1, size - 1)) - 1;
        return sample;
    }

    /// <summary>Prints the sum of the results and, when asked, the peak of the resident memory in kB.</summary>
    public static void Print(ReadOnlySpan<float> result, string[] args)
    {
        float sum = 0;
        foreach (float value in result)
            sum += value;
        Console.WriteLine(sum);
        if (args.Contains(Memory))
            Console.WriteLine(PeakResident());
    }

    private static string PeakResident()
    {
        foreach (string line in File.ReadLines("/proc/self/status"))
        {
            if (line.StartsWith("VmHWM:", StringComparison.Ordinal))
                return line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[^2].Trim();
        }
        throw new InvalidOperationException("/proc/self/status has no VmHWM.");
    }
}
