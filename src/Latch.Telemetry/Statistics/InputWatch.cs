using System.Numerics;
using System.Runtime.CompilerServices;
using Latch.Model;
using Latch.Runtime;

namespace Latch.Telemetry;

/// <summary>How far the codes of a layer's inputs come to the ends of what was calibrated.</summary>
internal sealed class InputWatch
{
    /// <summary>Counters of 16 bits are emptied before they can overflow.</summary>
    private const int MostSteps = short.MaxValue;

    private readonly short[] _low;
    private readonly short[] _high;
    private readonly short[] _codes;
    private readonly short[] _least;
    private readonly short[] _greatest;
    private readonly short[] _atLow;
    private readonly short[] _atHigh;
    private readonly long[] _allLow;
    private readonly long[] _allHigh;
    private int _counted;
    private long _taken;

    public InputWatch(RecurrentLayer layer, IReadOnlyList<Channel> channels)
    {
        int size = (layer.InputSize + Vector<short>.Count - 1) / Vector<short>.Count * Vector<short>.Count;
        (_low, _high, _codes, _least, _greatest) = (new short[size], new short[size], new short[size], new short[size], new short[size]);
        (_atLow, _atHigh, _allLow, _allHigh) = (new short[size], new short[size], new long[size], new long[size]);
        for (int input = 0; input < layer.InputSize; input++)
            (_low[input], _high[input]) = Ends(layer.Input, input < channels.Count ? channels[input].Limit : null);
        Clear();
    }

    /// <summary>Takes a step in.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Add(CodeSpan codes)
    {
        short[] own = _codes;
        for (int input = 0, count = Math.Min(codes.Count, own.Length); input < count; input++)
            own[input] = (short)codes[input];
        for (int input = 0; input <= own.Length - Vector<short>.Count; input += Vector<short>.Count)
        {
            Vector<short> code = new(own, input);
            (new Vector<short>(_atLow, input) - Vector.LessThanOrEqual(code, new Vector<short>(_low, input))).CopyTo(_atLow, input);
            (new Vector<short>(_atHigh, input) - Vector.GreaterThanOrEqual(code, new Vector<short>(_high, input))).CopyTo(_atHigh, input);
            Vector.Min(code, new Vector<short>(_least, input)).CopyTo(_least, input);
            Vector.Max(code, new Vector<short>(_greatest, input)).CopyTo(_greatest, input);
        }
        if (++_counted == MostSteps)
            Empty();
    }

    /// <summary>Empties the small counters.</summary>
    public void Empty()
    {
        for (int input = 0; input < _allLow.Length; input++)
        {
            _allLow[input] += _atLow[input];
            _allHigh[input] += _atHigh[input];
        }
        _atLow.AsSpan().Clear();
        _atHigh.AsSpan().Clear();
        _taken += _counted;
        _counted = 0;
    }

    public void Clear()
    {
        Empty();
        _allLow.AsSpan().Clear();
        _allHigh.AsSpan().Clear();
        _least.AsSpan().Fill(short.MaxValue);
        _greatest.AsSpan().Fill(short.MinValue);
        _taken = 0;
    }

    public void CopyTo(InputWatch other)
    {
        _allLow.CopyTo(other._allLow, 0);
        _allHigh.CopyTo(other._allHigh, 0);
        _least.CopyTo(other._least, 0);
        _greatest.CopyTo(other._greatest, 0);
        other._taken = _taken;
    }

    /// <summary>One input over all steps taken in; null before the first.</summary>
    public InputRange? Range(int input, Quantization codes, string? name)
    {
        if (_taken == 0)
            return null;
        double Real(int code) => codes.Scale * (code - codes.ZeroPoint);
        return new InputRange(input, name)
        {
            Low = Real(_low[input]),
            High = Real(_high[input]),
            AtLow = (double)_allLow[input] / _taken,
            AtHigh = (double)_allHigh[input] / _taken,
            Least = Real(_least[input]),
            Greatest = Real(_greatest[input]),
        };
    }

    /// <summary>The codes at the ends: of the code range for int8, of half of it for int16 (its codes reach twice as far as calibrated), of the limit where it is nearer.</summary>
    private static (short Low, short High) Ends(Quantization codes, double? limit)
    {
        int low = codes.MinCode, high = codes.MaxCode;
        if (codes.Type == ElementType.Int16)
            (low, high) = (low / 2, (high + 1) / 2);
        if (limit is { } magnitude)
        {
            low = (int)Math.Max(low, Math.Floor((-magnitude / codes.Scale) + 0.5) + codes.ZeroPoint);
            high = (int)Math.Min(high, Math.Floor((magnitude / codes.Scale) + 0.5) + codes.ZeroPoint);
        }
        return ((short)low, (short)high);
    }
}
