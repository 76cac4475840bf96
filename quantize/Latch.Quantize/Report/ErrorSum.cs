namespace Latch.Quantize.Report;

/// <summary>Adds up the difference of two signals.</summary>
internal sealed class ErrorSum
{
    private const double MostDecibel = 200;

    private long _count;
    private double _sum;
    private double _squares;
    private double _power;
    private double _largest;

    public void Add(double exact, double integer)
    {
        double error = integer - exact;
        _count++;
        _sum += error;
        _squares += error * error;
        _power += exact * exact;
        _largest = Math.Max(_largest, Math.Abs(error));
    }

    public void Add(ReadOnlySpan<float> exact, ReadOnlySpan<float> integer)
    {
        for (int i = 0; i < exact.Length; i++)
            Add(exact[i], integer[i]);
    }

    public SignalError Result(string name)
    {
        double count = Math.Max(_count, 1);
        double decibel = _squares == 0 ? MostDecibel : Math.Clamp(10 * Math.Log10(_power / _squares), -MostDecibel, MostDecibel);
        return new SignalError(name, _count, _sum / count, Math.Sqrt(_squares / count), _largest, decibel);
    }
}
