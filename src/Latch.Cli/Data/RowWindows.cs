namespace Latch.Cli.Data;

/// <summary>Cuts recordings into windows of a number of rows.</summary>
internal static class RowWindows
{
    /// <summary>All windows of all recordings; none crosses from one recording into the next.</summary>
    /// <param name="recordings">Recordings in the model's channel order.</param>
    /// <param name="widths">Columns of each input of the model: a window holds the first input's rows, then the second's.</param>
    /// <param name="steps">Rows per window.</param>
    /// <param name="stride">Rows from one window's start to the next one's.</param>
    /// <exception cref="CommandException">A recording has fewer rows than a window.</exception>
    public static List<float[]> Cut(IReadOnlyList<Recording> recordings, IReadOnlyList<int> widths, int steps, int stride)
    {
        List<float[]> windows = [];
        foreach (Recording recording in recordings)
        {
            int rows = recording.Rows.Count;
            if (rows < steps)
                throw CommandException.BadInput($"{recording.Source}: {rows} rows, but a window needs {steps}. Give a longer recording or fewer --steps.");
            for (int start = 0; start + steps <= rows; start += stride)
                windows.Add(Flatten(recording.Rows, widths, start, steps));
        }

        return windows;
    }

    /// <summary>Rows <paramref name="start"/> to start + steps - 1 of the first input's columns, then of the second's.</summary>
    public static float[] Flatten(IReadOnlyList<float[]> rows, IReadOnlyList<int> widths, int start, int steps)
    {
        float[] window = new float[steps * widths.Sum()];
        int at = 0;
        int column = 0;
        foreach (int width in widths)
        {
            for (int step = 0; step < steps; step++, at += width)
                rows[start + step].AsSpan(column, width).CopyTo(window.AsSpan(at));
            column += width;
        }

        return window;
    }
}
