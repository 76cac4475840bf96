using Latch.Samples.Vibration;

namespace Latch.EndToEnd.Tests.Vibration;

/// <summary>A spectrum over multiples of the shaft's speed: lines stay sharp though the speed wanders.</summary>
internal sealed class Orders
{
    private const double Block = 64;          // turns: lines are 1 / 64 apart
    private const double Skipped = 15;        // seconds, until the isolators have settled
    private readonly List<(double Turns, double Value)> _samples = [];

    /// <summary>Runs a machine at a steady speed and keeps one axis of what its housing does, in m/s^2.</summary>
    public static Orders Of(double speed, double load, double seconds, Func<Acceleration, double> axis, FaultKind? fault = null, int level = 3)
    {
        Machine machine = new(seed: 11);
        machine.StartRunning(speed, load);
        if (fault is { } kind)
            machine.Break(kind, level);
        Orders orders = new();
        for (int step = 0; step < (seconds + Skipped) * Machine.StepsPerSecond; step++)
        {
            double value = axis(machine.Step());
            if (step >= Skipped * Machine.StepsPerSecond)
                orders._samples.Add((machine.Turns, value));
        }

        return orders;
    }

    /// <summary>The amplitude of the line at an order: root mean square over blocks of 64 turns, Hann window.</summary>
    public double Amplitude(double order)
    {
        (double power, int blocks) = (0, 0);
        for (double first = _samples[0].Turns; first + Block <= _samples[^1].Turns; first += Block, blocks++)
        {
            (double real, double imaginary, double weights) = (0, 0, 0);
            int at = _samples.BinarySearch((first, 0), Comparer<(double Turns, double Value)>.Create(static (a, b) => a.Turns.CompareTo(b.Turns)));
            for (int i = at < 0 ? ~at : at; i < _samples.Count && _samples[i].Turns < first + Block; i++)
            {
                double weight = 1 - Math.Cos(2 * Math.PI * (_samples[i].Turns - first) / Block);
                (double sine, double cosine) = Math.SinCos(2 * Math.PI * order * _samples[i].Turns);
                real += weight * cosine * _samples[i].Value;
                imaginary += weight * sine * _samples[i].Value;
                weights += weight;
            }

            power += ((real * real) + (imaginary * imaginary)) * 4 / (weights * weights);
        }

        return Math.Sqrt(power / blocks);
    }

    /// <summary>The order of the highest line between two orders, to a hundredth.</summary>
    public double Highest(double from, double to)
    {
        (double best, double highest) = (from, 0);
        for (double order = from; order <= to; order += 0.01)
            if (Amplitude(order) is double amplitude && amplitude > highest)
                (best, highest) = (order, amplitude);
        return best;
    }
}
