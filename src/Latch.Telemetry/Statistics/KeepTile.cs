using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Latch.Telemetry;

/// <summary>
/// The product of the keep gates of 16 units: its logarithm is the sum of ln f. Kept as mantissa and exponent in double precision, so that no logarithm is taken
/// in a step, a gate of exactly 1 stays exactly 1, and a product of any length is held to 2^-53 per step.
/// </summary>
internal sealed class KeepTile(int every)
{
    /// <summary>A gate of exactly 0 counts as half a unit of Q7.24, so that one closed step does not erase the figure.</summary>
    public const double SmallestKeep = 1.0 / (1 << 25);

    /// <summary>Share of the start that is left when a unit counts as warm: 2^-10.</summary>
    public const double Rest = 1.0 / 1024;

    /// <summary>Entry of the warm-up before it is reached.</summary>
    public const long NotReached = long.MaxValue;

    private const int MantissaBits = 52;
    private const int ExponentBias = 1023;

    private readonly double[] _mantissa = new double[UnitTile.Units];
    private readonly long[] _exponent = new long[UnitTile.Units];
    private readonly double[] _block = new double[UnitTile.Units];
    private readonly double[] _left = new double[UnitTile.Units];
    private readonly long[] _warm = new long[UnitTile.Units];
    private long _sinceStart;
    private bool _isWarm;

    /// <summary>Steps from the start until less than <see cref="Rest"/> of it was left, by unit, or <see cref="NotReached"/>.</summary>
    public ReadOnlySpan<long> Warm => _warm;

    /// <summary>Sum of ln f of a unit.</summary>
    public double LogSum(int lane) => (_exponent[lane] * Math.Log(2)) + Math.Log(_mantissa[lane]);

    /// <summary>Takes a block in.</summary>
    /// <param name="values">Q7.24 [steps, 16].</param>
    /// <param name="steps">Steps of the block, at most <see cref="UnitTile.Steps"/>.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Add(ref readonly int values, int steps)
    {
        for (int lane = 0; lane < UnitTile.Units; lane += Vector<int>.Count)
            Add(ref Unsafe.Add(ref Unsafe.AsRef(in values), lane), steps, lane);
        if (!_isWarm)
            WarmUp(in values, steps);
        _sinceStart += steps;
    }

    /// <summary>The next step is the first after a reset.</summary>
    public void Start()
    {
        _left.AsSpan().Fill(1);
        _warm.AsSpan().Fill(NotReached);
        _sinceStart = 0;
        _isWarm = false;
    }

    public void Clear()
    {
        _mantissa.AsSpan().Fill(1);
        _exponent.AsSpan().Clear();
        Start();
    }

    public void CopyTo(KeepTile other)
    {
        _mantissa.CopyTo(other._mantissa, 0);
        _exponent.CopyTo(other._exponent, 0);
        _warm.CopyTo(other._warm, 0);
    }

    /// <summary>The product of a block of some units. Of 16 factors of 2^-25 to 2^7 it is 2^-400 to 2^112.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Add(ref int values, int steps, int lane)
    {
        Vector<double> lower = Vector<double>.One, upper = Vector<double>.One;
        Vector<float> unit = new(1f / (1 << FixedPoint.GateBits)), smallest = new((float)SmallestKeep);
        for (nint at = 0, end = steps * UnitTile.Units; at < end; at += UnitTile.Units)
        {
            Vector<float> keep = Vector.Max(Vector.ConvertToSingle(Vector.LoadUnsafe(ref Unsafe.Add(ref values, at))) * unit, smallest);
            Vector.Widen(keep, out Vector<double> first, out Vector<double> second);
            lower *= first;
            upper *= second;
        }
        Join(lane, lower);
        Join(lane + Vector<double>.Count, upper);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Join(int lane, Vector<double> product)
    {
        product.CopyTo(_block, lane);
        Vector<long> bits = Vector.AsVectorInt64(product * new Vector<double>(_mantissa, lane));
        Vector<long> exponent = (bits >>> MantissaBits) - new Vector<long>(ExponentBias);
        (new Vector<long>(_exponent, lane) + exponent).CopyTo(_exponent, lane);
        Vector<long> one = new((long)ExponentBias << MantissaBits), fraction = new((1L << MantissaBits) - 1);
        Vector.AsVectorDouble((bits & fraction) | one).CopyTo(_mantissa, lane);
    }

    private void WarmUp(ref readonly int values, int steps)
    {
        _isWarm = true;
        for (int lane = 0; lane < UnitTile.Units; lane++)
        {
            if (_warm[lane] != NotReached)
                continue;
            double left = _left[lane] * Power(_block[lane]);
            if (left < Rest)
            {
                _warm[lane] = Find(in Unsafe.Add(ref Unsafe.AsRef(in values), lane), steps, _left[lane]);
                continue;
            }
            _left[lane] = left;
            _isWarm = false;
        }
    }

    /// <summary>The step of the block at which less than <see cref="Rest"/> was left.</summary>
    private long Find(ref readonly int values, int steps, double left)
    {
        int step = 0;
        do
        {
            double keep = FixedPoint.ToReal(Unsafe.Add(ref Unsafe.AsRef(in values), step * UnitTile.Units), FixedPoint.GateBits);
            left *= Power(Math.Max(keep, SmallestKeep));
        }
        while (++step < steps && left >= Rest);
        return (_sinceStart + step) * every;
    }

    /// <summary>What the steps between watched ones leave, taken to be like the watched one.</summary>
    private double Power(double keep) => every == 1 ? keep : Math.Pow(keep, every);
}
