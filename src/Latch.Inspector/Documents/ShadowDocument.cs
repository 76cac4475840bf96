using System.Runtime.InteropServices;
using Latch.Inspector.Tracks;

namespace Latch.Inspector.Documents;

/// <summary>The answer of /api/shadow: how far the integer model is from the float one, over the steps held.</summary>
internal static class ShadowDocument
{
    private const int BlockSteps = 256;
    private const int MostBins = 1000;

    public static object Of(InspectorSession session, ModelRun run, FloatTrack exact, double tolerance)
    {
        (long first, long end) = session.Read(() => (exact.First, exact.End));
        List<object> quantities = [];
        for (int layer = 0; layer < exact.Layers.Count; layer++)
        {
            for (int quantity = 0; quantity < exact.Layers[layer].Quantities.Count; quantity++)
            {
                ErrorOverTime error = new(first, end, tolerance);
                Compare(session, run, exact, layer, quantity, error);
                quantities.Add(error.Document(layer, exact.Layers[layer].Quantities[quantity].Id));
            }
        }
        ErrorOverTime output = new(first, end, tolerance);
        int width = exact.Outputs.Width;
        float[] floats = new float[BlockSteps * width], integers = new float[BlockSteps * width];
        ForBlocks(session, exact, first, end, (from, count) =>
        {
            exact.Outputs.Copy(from, floats.AsSpan(0, count * width));
            run.Base.Outputs.Copy(from, integers.AsSpan(0, count * width));
        }, (from, count) =>
        {
            for (int at = 0; at < count * width; at++)
                output.Add(from + (at / width), (double)integers[at] - floats[at]);
        });
        return new { tolerance, quantities, output = output.Document(null, null) };
    }

    private static void Compare(InspectorSession session, ModelRun run, FloatTrack exact, int layer, int quantity, ErrorOverTime error)
    {
        TrackLayer shape = exact.Layers[layer];
        int[] codes = new int[BlockSteps * shape.Units];
        float[] floats = new float[BlockSteps * shape.Units];
        ForBlocks(session, exact, error.First, error.End, (from, count) =>
        {
            int values = count * shape.Units;
            run.Base.CopyPlane(layer, quantity, from, MemoryMarshal.AsBytes(codes.AsSpan(0, values)));
            exact.CopyPlane(layer, quantity, from, MemoryMarshal.AsBytes(floats.AsSpan(0, values)));
        }, (from, count) =>
        {
            for (int at = 0; at < count * shape.Units; at++)
                error.Add(from + (at / shape.Units), shape.Quantities[quantity].ToReal(codes[at]) - floats[at]);
        });
    }

    // Copies under the lock and computes without it; steps that were overwritten meanwhile are left out.
    private static void ForBlocks(InspectorSession session, FloatTrack exact, long first, long end, Action<long, int> copy, Action<long, int> compute)
    {
        for (long from = first; from < end;)
        {
            (long held, int count) = session.Read(() =>
            {
                long start = Math.Max(from, exact.First);
                int steps = (int)Math.Clamp(end - start, 0, BlockSteps);
                copy(start, steps);
                return (start, steps);
            });
            compute(held, count);
            from = held + Math.Max(count, 1);
        }
    }

    private sealed class ErrorOverTime
    {
        private readonly double _tolerance;
        private readonly double[] _squares;
        private readonly long[] _counts;
        private double _largest;
        private long _largestStep;
        private long? _firstBeyond;

        public ErrorOverTime(long first, long end, double tolerance)
        {
            (First, End, _tolerance, _largestStep) = (first, end, tolerance, first);
            BinSteps = Math.Max(1, (end - first + MostBins - 1) / MostBins);
            _squares = new double[(end - first + BinSteps - 1) / BinSteps];
            _counts = new long[_squares.Length];
        }

        public long First { get; }

        public long End { get; }

        private long BinSteps { get; }

        public void Add(long step, double error)
        {
            if (double.IsNaN(error))
                return;
            long bin = (step - First) / BinSteps;
            _squares[bin] += error * error;
            _counts[bin]++;
            if (Math.Abs(error) > _largest)
                (_largest, _largestStep) = (Math.Abs(error), step);
            if (Math.Abs(error) > _tolerance)
                _firstBeyond ??= step;
        }

        public object Document(int? layer, string? quantity)
        {
            double rms = Math.Sqrt(_squares.Sum() / Math.Max(1, _counts.Sum()));
            double[] error = [.. _squares.Select((squares, bin) => Math.Sqrt(squares / Math.Max(1, _counts[bin])))];
            return new { layer, quantity, rms, largest = _largest, largestStep = _largestStep, firstBeyond = _firstBeyond, firstStep = First, binSteps = BinSteps, error };
        }
    }
}
