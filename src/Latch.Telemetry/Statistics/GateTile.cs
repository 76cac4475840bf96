using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using static Latch.Telemetry.Lanes;

namespace Latch.Telemetry;

/// <summary>
/// Moments, extremes, saturation and sketch of one gate of 16 units. Within a run of steps differences from its first value are summed in single precision
/// (exact differences for |value| up to 1, as codes have 24 bits); runs are joined in double precision. A lane is a unit: no result depends on the vectors' width.
/// </summary>
internal sealed class GateTile
{
    private readonly GateRange _range;
    private readonly int _lowLimit;
    private readonly int _highLimit;
    private readonly int _mostCounted;
    private readonly double[] _mean = new double[UnitTile.Units];
    private readonly double[] _squares = new double[UnitTile.Units];
    private readonly int[] _least = new int[UnitTile.Units];
    private readonly int[] _greatest = new int[UnitTile.Units];
    private readonly int[] _below = new int[UnitTile.Units];
    private readonly int[] _above = new int[UnitTile.Units];
    private readonly long[] _allBelow = new long[UnitTile.Units];
    private readonly long[] _allAbove = new long[UnitTile.Units];
    private readonly uint[] _bins = new uint[UnitTile.Units * GateRange.Bins];
    private int _counted;

    /// <param name="range">The gate's range.</param>
    /// <param name="options">The saturation limits.</param>
    /// <param name="mostCounted">Values that counters of 32 bits may hold: then the sketch's are halved and the others emptied into 64 bits.</param>
    public GateTile(GateRange range, StatisticsOptions options, int mostCounted)
    {
        (_range, _mostCounted) = (range, mostCounted);
        _lowLimit = Limit(Math.Ceiling(range.At(options.Low)));
        _highLimit = Limit(Math.Floor(range.At(options.High)));
        Clear();
    }

    /// <summary>Takes a run in.</summary>
    /// <param name="run">Q7.24 of 16 units.</param>
    /// <param name="block">Steps of the run and before it.</param>
    /// <param name="bins">Working memory [steps, 16].</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Add(in StepRun run, in Block block, Span<int> bins)
    {
        if (_counted > _mostCounted - block.Steps)
            MakeRoom();
        _counted += block.Steps;
        ref int places = ref MemoryMarshal.GetReference(bins);
        for (int lane = 0; lane < UnitTile.Units; lane += Vector<int>.Count)
            Add(in run, in block, lane, ref Unsafe.Add(ref places, lane));
        ref uint counts = ref MemoryMarshal.GetArrayDataReference(_bins);
        // Two places at a time: units follow one another, so that the same counter is seldom written twice in a row.
        for (nint i = 0, end = block.Steps * UnitTile.Units; i < end; i += 2)
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
        _allBelow.AsSpan().Clear();
        _allAbove.AsSpan().Clear();
        _bins.AsSpan().Clear();
        _counted = 0;
    }

    public void CopyTo(GateTile other)
    {
        _mean.CopyTo(other._mean, 0);
        _squares.CopyTo(other._squares, 0);
        _least.CopyTo(other._least, 0);
        _greatest.CopyTo(other._greatest, 0);
        _below.CopyTo(other._below, 0);
        _above.CopyTo(other._above, 0);
        _allBelow.CopyTo(other._allBelow, 0);
        _allAbove.CopyTo(other._allAbove, 0);
        _bins.CopyTo(other._bins, 0);
        other._counted = _counted;
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
            Below = (double)(_allBelow[lane] + _below[lane]) / steps,
            Above = (double)(_allAbove[lane] + _above[lane]) / steps,
        };
    }

    /// <summary>Some units of a block: moments, extremes and saturation; writes the places of their bins.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Add(in StepRun run, in Block block, int lane, ref int places)
    {
        Vector<int> first = Vector.LoadUnsafe(ref run.At(run.First, lane));
        Vector<float> origin = Vector.ConvertToSingle(first), sum = Vector<float>.Zero, squares = Vector<float>.Zero;
        Vector<int> least = first, greatest = first, below = Vector<int>.Zero, above = Vector<int>.Zero;
        Vector<int> lowLimit = new(_lowLimit), highLimit = new(_highLimit), lastBin = new(GateRange.Bins - 1);
        Vector<int> lowBin = new(_range.Low >> _range.BinShift), unit = (Vector<int>.Indices + new Vector<int>(lane)) * GateRange.Bins;
        int shift = _range.BinShift;
        nint place = run.First;
        for (nint at = 0, end = run.Count * UnitTile.Units; at < end; at += UnitTile.Units, place = run.Next(place))
        {
            Vector<int> value = Vector.LoadUnsafe(ref run.At(place, lane));
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
        Store(Vector.Min(least, Load(_least, lane)), _least, lane);
        Store(Vector.Max(greatest, Load(_greatest, lane)), _greatest, lane);
        Store(Load(_below, lane) + below, _below, lane);
        Store(Load(_above, lane) + above, _above, lane);
        Vector.Widen(origin, out Vector<double> originLower, out Vector<double> originUpper);
        Vector.Widen(sum, out Vector<double> sumLower, out Vector<double> sumUpper);
        Vector.Widen(squares, out Vector<double> squaresLower, out Vector<double> squaresUpper);
        Join(lane, in block, originLower, sumLower, squaresLower);
        Join(lane + Vector<double>.Count, in block, originUpper, sumUpper, squaresUpper);
    }

    /// <summary>Mean and sum of squares about the mean of all steps from those of the steps before and of a block.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Join(int lane, in Block block, Vector<double> origin, Vector<double> sum, Vector<double> squares)
    {
        Vector<double> mean = Load(_mean, lane), shifted = sum * block.PerStep, delta = origin + shifted - mean;
        Store(mean + (delta * block.Share), _mean, lane);
        Store(Load(_squares, lane) + (squares - (sum * shifted)) + (delta * delta * block.Between), _squares, lane);
    }

    private void MakeRoom()
    {
        for (int lane = 0; lane < UnitTile.Units; lane++)
        {
            _allBelow[lane] += _below[lane];
            _allAbove[lane] += _above[lane];
        }
        _below.AsSpan().Clear();
        _above.AsSpan().Clear();
        foreach (ref uint count in _bins.AsSpan())
            count >>= 1;
        _counted /= 2;
    }

    private static int Limit(double value) => (int)Math.Clamp(value, int.MinValue, int.MaxValue);
}
