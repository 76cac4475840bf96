using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Latch.Telemetry;

/// <summary>
/// Moments, extremes, saturation and sketch of one gate of 16 units. Within a block of steps differences from the block's first value are summed in single precision
/// (exact differences for |value| up to 1, as codes have 24 bits); blocks are joined in double precision. A lane is a unit: no result depends on the vectors' width.
/// </summary>
internal sealed class GateTile
{
    private readonly GateRange _range;
    private readonly int _lowLimit;
    private readonly int _highLimit;
    private readonly uint _mostSketched;
    private readonly double[] _mean = new double[UnitTile.Units];
    private readonly double[] _squares = new double[UnitTile.Units];
    private readonly int[] _least = new int[UnitTile.Units];
    private readonly int[] _greatest = new int[UnitTile.Units];
    private readonly long[] _below = new long[UnitTile.Units];
    private readonly long[] _above = new long[UnitTile.Units];
    private readonly uint[] _bins = new uint[UnitTile.Units * GateRange.Bins];
    private uint _sketched;

    /// <param name="range">The gate's range.</param>
    /// <param name="options">The saturation limits.</param>
    /// <param name="mostSketched">When the sketch holds so many values, its counts are halved: 32 bits never overflow.</param>
    public GateTile(GateRange range, StatisticsOptions options, uint mostSketched)
    {
        (_range, _mostSketched) = (range, mostSketched);
        _lowLimit = Limit(Math.Ceiling(range.At(options.Low)));
        _highLimit = Limit(Math.Floor(range.At(options.High)));
        Clear();
    }

    /// <summary>Takes a block in.</summary>
    /// <param name="values">Q7.24 [steps, 16].</param>
    /// <param name="steps">Steps of the block.</param>
    /// <param name="before">Steps taken in before.</param>
    /// <param name="bins">Working memory [steps, 16].</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Add(ref readonly int values, int steps, long before, Span<int> bins)
    {
        ref int places = ref MemoryMarshal.GetReference(bins);
        for (int lane = 0; lane < UnitTile.Units; lane += Vector<int>.Count)
            Add(ref Unsafe.Add(ref Unsafe.AsRef(in values), lane), steps, before, lane, ref Unsafe.Add(ref places, lane));
        if (_sketched > _mostSketched - (uint)steps)
            Halve();
        _sketched += (uint)steps;
        ref uint counts = ref MemoryMarshal.GetArrayDataReference(_bins);
        // Two places at a time: units follow one another, so that the same counter is seldom written twice in a row.
        for (int i = 0; i < steps * UnitTile.Units; i += 2)
        {
            ulong pair = Unsafe.ReadUnaligned<ulong>(ref Unsafe.As<int, byte>(ref Unsafe.Add(ref places, i)));
            Unsafe.Add(ref counts, (nint)(uint)pair)++;
            Unsafe.Add(ref counts, (nint)(pair >> 32))++;
        }
    }

    public void Clear()
    {
        _mean.AsSpan().Clear();
        _squares.AsSpan().Clear();
        _least.AsSpan().Fill(int.MaxValue);
        _greatest.AsSpan().Fill(int.MinValue);
        _below.AsSpan().Clear();
        _above.AsSpan().Clear();
        _bins.AsSpan().Clear();
        _sketched = 0;
    }

    public void CopyTo(GateTile other)
    {
        _mean.CopyTo(other._mean, 0);
        _squares.CopyTo(other._squares, 0);
        _least.CopyTo(other._least, 0);
        _greatest.CopyTo(other._greatest, 0);
        _below.CopyTo(other._below, 0);
        _above.CopyTo(other._above, 0);
        _bins.CopyTo(other._bins, 0);
        other._sketched = _sketched;
    }

    /// <summary>One unit's figures over so many steps.</summary>
    public GateValues Values(int lane, long steps)
    {
        if (steps == 0)
            return GateValues.None(_range);
        return new GateValues(_range, _bins.AsSpan(lane * GateRange.Bins, GateRange.Bins))
        {
            Count = steps,
            Mean = Math.ScaleB(_mean[lane], -FixedPoint.GateBits),
            Deviation = Math.ScaleB(Math.Sqrt(Math.Max(_squares[lane], 0) / steps), -FixedPoint.GateBits),
            Least = FixedPoint.ToReal(_least[lane], FixedPoint.GateBits),
            Greatest = FixedPoint.ToReal(_greatest[lane], FixedPoint.GateBits),
            Below = (double)_below[lane] / steps,
            Above = (double)_above[lane] / steps,
        };
    }

    /// <summary>Some units of a block: moments, extremes and saturation; writes the places of their bins.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Add(ref int values, int steps, long before, int lane, ref int places)
    {
        Vector<int> first = Vector.LoadUnsafe(ref values);
        Vector<float> origin = Vector.ConvertToSingle(first), sum = Vector<float>.Zero, squares = Vector<float>.Zero;
        Vector<int> least = first, greatest = first, below = Vector<int>.Zero, above = Vector<int>.Zero;
        Vector<int> lowLimit = new(_lowLimit), highLimit = new(_highLimit), lastBin = new(GateRange.Bins - 1);
        Vector<int> lowBin = new(_range.Low >> _range.BinShift), unit = (Vector<int>.Indices + new Vector<int>(lane)) * GateRange.Bins;
        int shift = _range.BinShift;
        for (nint at = 0, end = steps * UnitTile.Units; at < end; at += UnitTile.Units)
        {
            Vector<int> value = Vector.LoadUnsafe(ref Unsafe.Add(ref values, at));
            Vector<float> difference = Vector.ConvertToSingle(value) - origin;
            sum += difference;
            squares += difference * difference;
            least = Vector.Min(least, value);
            greatest = Vector.Max(greatest, value);
            below -= Vector.LessThan(value, lowLimit);
            above -= Vector.GreaterThan(value, highLimit);
            Vector<int> bin = Vector.Min(Vector.Max((value >> shift) - lowBin, Vector<int>.Zero), lastBin);
            (bin + unit).StoreUnsafe(ref Unsafe.Add(ref places, at));
        }
        Join(lane, least, greatest, below, above);
        Vector.Widen(origin, out Vector<double> originLower, out Vector<double> originUpper);
        Vector.Widen(sum, out Vector<double> sumLower, out Vector<double> sumUpper);
        Vector.Widen(squares, out Vector<double> squaresLower, out Vector<double> squaresUpper);
        Join(lane, steps, before, originLower, sumLower, squaresLower);
        Join(lane + Vector<double>.Count, steps, before, originUpper, sumUpper, squaresUpper);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Join(int lane, Vector<int> least, Vector<int> greatest, Vector<int> below, Vector<int> above)
    {
        Vector.Min(least, new Vector<int>(_least, lane)).CopyTo(_least, lane);
        Vector.Max(greatest, new Vector<int>(_greatest, lane)).CopyTo(_greatest, lane);
        Vector.Widen(below, out Vector<long> lower, out Vector<long> upper);
        (new Vector<long>(_below, lane) + lower).CopyTo(_below, lane);
        (new Vector<long>(_below, lane + Vector<long>.Count) + upper).CopyTo(_below, lane + Vector<long>.Count);
        Vector.Widen(above, out lower, out upper);
        (new Vector<long>(_above, lane) + lower).CopyTo(_above, lane);
        (new Vector<long>(_above, lane + Vector<long>.Count) + upper).CopyTo(_above, lane + Vector<long>.Count);
    }

    /// <summary>Mean and sum of squares about the mean of all steps from those of the steps before and of a block.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Join(int lane, int steps, long before, Vector<double> origin, Vector<double> sum, Vector<double> squares)
    {
        double total = before + steps;
        Vector<double> mean = new(_mean, lane), shifted = sum * (1.0 / steps), delta = origin + shifted - mean;
        (mean + (delta * (steps / total))).CopyTo(_mean, lane);
        Vector<double> within = squares - (sum * shifted), between = delta * delta * (before * (steps / total));
        (new Vector<double>(_squares, lane) + within + between).CopyTo(_squares, lane);
    }

    private void Halve()
    {
        foreach (ref uint count in _bins.AsSpan())
            count >>= 1;
        _sketched >>= 1;
    }

    private static int Limit(double value) => (int)Math.Clamp(value, int.MinValue, int.MaxValue);
}
