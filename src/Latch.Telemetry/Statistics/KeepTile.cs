using System.Numerics;
using System.Runtime.CompilerServices;
using static Latch.Telemetry.Lanes;

namespace Latch.Telemetry;

/// <summary>
/// The product of the keep gates of 16 units: its logarithm is the sum of ln f. Kept as mantissa and exponent in double precision, so that no logarithm is taken
/// in a step, a gate of exactly 1 stays exactly 1, and a product of any length is held to 2^-53 per step.
/// </summary>
/// <param name="units">Units the layer has here.</param>
/// <param name="every">Steps per watched step.</param>
internal sealed class KeepTile(int units, int every)
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

    /// <summary>Takes a run in.</summary>
    /// <param name="run">Q7.24 of 16 units.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Add(in StepRun run)
    {
        for (int lane = 0; lane < UnitTile.Units; lane += Vector<int>.Count)
            Add(in run, lane);
        if (!_isWarm)
            WarmUp(in run);
        _sinceStart += run.Count;
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

    /// <summary>The product of a run of some units. Of 32 factors of 2^-25 to 2^7 it is 2^-800 to 2^224.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Add(in StepRun run, int lane)
    {
        Vector<double> lower = Vector<double>.One, upper = Vector<double>.One;
        Vector<float> unit = new(1f / (1 << FixedPoint.GateBits)), smallest = new((float)SmallestKeep);
        nint place = run.First;
        for (int step = 0; step < run.Count; step++, place = run.Next(place))
        {
            Vector<float> keep = Vector.Max(Vector.ConvertToSingle(Vector.LoadUnsafe(ref run.At(place, lane))) * unit, smallest);
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
        Store(product, _block, lane);
        Vector<long> bits = Vector.AsVectorInt64(product * Load(_mantissa, lane));
        Vector<long> exponent = (bits >>> MantissaBits) - new Vector<long>(ExponentBias);
        Store(Load(_exponent, lane) + exponent, _exponent, lane);
        Vector<long> one = new((long)ExponentBias << MantissaBits), fraction = new((1L << MantissaBits) - 1);
        Store(Vector.AsVectorDouble((bits & fraction) | one), _mantissa, lane);
    }

    private void WarmUp(in StepRun run)
    {
        _isWarm = true;
        for (int lane = 0; lane < units; lane++)
        {
            if (_warm[lane] != NotReached)
                continue;
            double left = _left[lane] * Power(_block[lane]);
            if (left < Rest)
                _warm[lane] = (_sinceStart + Find(in run, lane, _left[lane])) * every;
            else
                (_left[lane], _isWarm) = (left, false);
        }
    }

    /// <summary>The step of the run, from 1, after which less than <see cref="Rest"/> is left.</summary>
    private int Find(in StepRun run, int lane, double left)
    {
        int step = 0;
        for (nint place = run.First; step < run.Count && left >= Rest; step++, place = run.Next(place))
            left *= Power(Math.Max(FixedPoint.ToReal(run.At(place, lane), FixedPoint.GateBits), SmallestKeep));
        return step;
    }

    /// <summary>What the steps between watched ones leave, taken to be like the watched one.</summary>
    private double Power(double keep) => every == 1 ? keep : Math.Pow(keep, every);
}
