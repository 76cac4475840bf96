namespace Latch.Cli.Data;

/// <summary>Cuts recordings into windows of a number of rows.</summary>
internal static class Windows
{
    /// <summary>All windows of all recordings; none crosses from one recording into the next.</summary>
    /// <param name="recordings">Recordings in the model's channel order, with their names.</param>
    /// <param name="steps">Rows per window.</param>
    /// <param name="stride">Rows from one window's start to the next one's.</param>
    /// <exception cref="CommandException">A recording has fewer rows than a window.</exception>
    public static List<float[]> Cut(IEnumerable<(string Source, IReadOnlyList<float[]> Rows)> recordings, int steps, int stride)
    {
        List<float[]> windows = [];
        foreach ((string source, IReadOnlyList<float[]> rows) in recordings)
        {
            if (rows.Count < steps)
                throw CommandException.BadInput($"{source}: {rows.Count} rows, but a window needs {steps}. Give a longer recording or fewer --steps.");
            for (int start = 0; start + steps <= rows.Count; start += stride)
                windows.Add(Flatten(rows, start, steps));
        }

        return windows;
    }

    /// <summary>Rows <paramref name="start"/> to start + steps - 1, one after the other.</summary>
    public static float[] Flatten(IReadOnlyList<float[]> rows, int start, int steps)
    {
        int channels = rows[start].Length;
        float[] window = new float[steps * channels];
        for (int step = 0; step < steps; step++)
            rows[start + step].CopyTo(window, step * channels);
        return window;
    }
}
