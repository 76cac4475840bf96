using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Latch.Quantize.Calibration;

/// <summary>
/// Normalised data to calibrate and compare with: independent windows, or one stream whose rows follow each other. A run holds the model's inputs in
/// their order, each row-major: for one input [steps, channels].
/// </summary>
public sealed class CalibrationData
{
    private readonly float[][][] _sequences;

    private CalibrationData(float[][][] sequences, bool isStream)
    {
        _sequences = sequences;
        IsStream = isStream;
    }

    /// <summary>True when runs follow each other and the state is carried from one to the next.</summary>
    public bool IsStream { get; }

    /// <summary>Number of runs (windows, or rows of a stream).</summary>
    public int Count => _sequences.Sum(static sequence => sequence.Length);

    /// <summary>Stretches of runs; the state starts anew at each.</summary>
    public IReadOnlyList<IReadOnlyList<float[]>> Sequences => _sequences;

    /// <summary>Independent windows; the state starts anew at each.</summary>
    /// <exception cref="QuantizeException">No window, windows of different lengths, or a number that is not finite.</exception>
    public static CalibrationData FromWindows(IReadOnlyList<float[]> windows)
    {
        ArgumentNullException.ThrowIfNull(windows);
        return new CalibrationData([.. Checked(windows).Select(static window => new[] { window })], isStream: false);
    }

    /// <summary>One stream of rows, a step each.</summary>
    /// <exception cref="QuantizeException">No row, rows of different lengths, or a number that is not finite.</exception>
    public static CalibrationData FromStream(IReadOnlyList<float[]> rows)
    {
        ArgumentNullException.ThrowIfNull(rows);
        return new CalibrationData([[.. Checked(rows)]], isStream: true);
    }

    /// <summary>SHA-256 over the numbers in order, lower-case hexadecimal.</summary>
    public string Sha256()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (float[][] sequence in _sequences)
            foreach (float[] run in sequence)
                hash.AppendData(MemoryMarshal.AsBytes<float>(run));
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    /// <summary>
    /// A part to calibrate with and a fifth that is held back: of windows every fifth block of twenty, so that both parts see every stretch of a
    /// sorted file; of a stream the end. With fewer than five runs both parts are everything.
    /// </summary>
    internal (CalibrationData Fit, CalibrationData HeldBack) Split()
    {
        if (Count < 5)
            return (this, this);
        if (IsStream)
            return (new([.. _sequences.Select(static rows => rows[..^(rows.Length / 5)])], true), new([.. _sequences.Select(static rows => rows[^Math.Max(1, rows.Length / 5)..])], true));
        int blocks = Math.Min(20, Count);
        ILookup<bool, float[][]> parts = _sequences.Select((sequence, i) => (sequence, held: (int)((long)i * blocks / Count) % 5 == 2)).ToLookup(static pair => pair.held, static pair => pair.sequence);
        return (new([.. parts[false]], false), new([.. parts[true]], false));
    }

    /// <summary>At most <paramref name="runs"/> runs, evenly spread: single windows, or eight stretches of a stream.</summary>
    internal CalibrationData Thinned(int runs)
    {
        if (Count <= runs)
            return this;
        if (!IsStream)
            return new([.. Enumerable.Range(0, runs).Select(i => _sequences[(int)((long)i * (Count - 1) / Math.Max(1, runs - 1))])], false);
        const int Stretches = 8;
        int length = Math.Max(1, runs / Stretches);
        float[][] rows = _sequences[0];
        return new([.. Enumerable.Range(0, Stretches).Select(i =>
        {
            int start = (int)((long)i * (rows.Length - length) / (Stretches - 1));
            return rows[start..(start + length)];
        })], true);
    }

    private static IReadOnlyList<float[]> Checked(IReadOnlyList<float[]> runs)
    {
        if (runs.Count == 0)
            throw new QuantizeException("there is no calibration data; give at least one window (or row)");
        for (int run = 0; run < runs.Count; run++)
        {
            if (runs[run].Length != runs[0].Length)
                throw new QuantizeException($"calibration window {run} has {runs[run].Length} numbers, the first has {runs[0].Length}; all must have the same length");
            int bad = Array.FindIndex(runs[run], static value => !float.IsFinite(value));
            if (bad >= 0)
                throw new QuantizeException($"calibration window {run} has {runs[run][bad]} at position {bad}; remove or fill such rows");
        }
        return runs;
    }
}
