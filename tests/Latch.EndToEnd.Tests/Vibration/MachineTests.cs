using Latch.Samples.Vibration;

namespace Latch.EndToEnd.Tests.Vibration;

/// <summary>The simulated machine against the formulas of its physics, worked out here by themselves.</summary>
public sealed class MachineTests
{
    private const double Bpfo = 3.120, Bpfi = 4.880, TwiceBsf = 4.325, Ftf = 0.390;  // 8 balls, 22 mm on 100 mm, by hand

    [Fact]
    public void Bearing_6205_PublishedFrequencies()
    {
        // The 6205-2RS of the Case Western Reserve bearing data: 9 balls, 0.3126 in on 1.537 in; its tables give these multiples.
        Bearing bearing = new(9, 0.3126, 1.537, 1);
        Assert.Equal(3.5848, bearing.OuterRace, 1e-4);
        Assert.Equal(5.4152, bearing.InnerRace, 1e-4);
        Assert.Equal(0.39828, bearing.Cage, 1e-4);
        Assert.Equal(4.7135, 2 * bearing.BallSpin, 1e-3);
    }

    [Fact]
    public void LoadShare_AroundTheRing_StribecksDistribution()
    {
        Assert.Equal(1, Bearing.LoadShare(0), 1e-9);
        Assert.Equal(Math.Pow(0.5, 1.5), Bearing.LoadShare(1 / 6.0), 1e-6);  // 60 degrees: 1 - (1 - cos) / 1
        Assert.Equal(0, Bearing.LoadShare(0.3));
        Assert.Equal(0, Bearing.LoadShare(0.5));
    }

    [Fact]
    public void Sine_AllAround_WithinABillionth()
    {
        for (double turns = -3; turns < 3; turns += 0.0007)
            Assert.Equal(Math.Sin(2 * Math.PI * turns), Wave.Sine(turns), 1e-9);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(3.6)]
    [InlineData(8)]
    [InlineData(24)]
    public void Oscillator_SteadyForce_AmplitudeOfTheFormula(double hz)
    {
        Oscillator oscillator = new(3.6, 0.1);
        (double real, double imaginary) = (0, 0);
        int settle = 20 * Machine.StepsPerSecond, measured = 10 * Machine.StepsPerSecond;
        for (int step = 0; step < settle + measured; step++)
        {
            (double sine, double cosine) = Math.SinCos(2 * Math.PI * hz * step / Machine.StepsPerSecond);
            double acceleration = oscillator.Step(sine, 1.0 / Machine.StepsPerSecond);
            if (step < settle)
                continue;
            real += acceleration * cosine * 2 / measured;
            imaginary += acceleration * sine * 2 / measured;
        }

        Assert.Equal(Response(hz, 3.6, 0.1), Math.Sqrt((real * real) + (imaginary * imaginary)), 0.01 * Response(hz, 3.6, 0.1));
    }

    [Fact]
    public void Oscillator_LetGo_RingsAtItsFrequencyAndDecays()
    {
        Oscillator oscillator = new(33, 0.05);
        oscillator.Step(Machine.StepsPerSecond, 1.0 / Machine.StepsPerSecond);
        double peak = 0, later = 0;
        int turns = 0;
        bool up = true;
        for (int step = 0; step < Machine.StepsPerSecond; step++)
        {
            oscillator.Step(0, 1.0 / Machine.StepsPerSecond);
            (turns, up) = (turns + (up && oscillator.Position < 0 ? 1 : 0), oscillator.Position >= 0);
            double size = Math.Abs(oscillator.Position);
            (peak, later) = step < Machine.StepsPerSecond / 33 ? (Math.Max(peak, size), 0) : (peak, step > Machine.StepsPerSecond / 33 * 5 && step < Machine.StepsPerSecond / 33 * 6 ? Math.Max(later, size) : later);
        }

        Assert.InRange(turns, 32, 33);
        Assert.Equal(Math.Exp(-2 * Math.PI * 0.05 * 5), later / peak, 0.03);
    }

    [Theory]
    [InlineData(8, 0)]
    [InlineData(8, 2)]
    [InlineData(5, 3)]
    public void Machine_Imbalance_LineAt1xOfTheFormula(double speed, int level)
    {
        double grams = level switch { 0 => 0, 2 => 60, _ => 110 };
        double imbalance = (80 * 0.0063 / (2 * Math.PI * 9)) + (grams * 1e-3 * 0.4);
        double expected = imbalance * Math.Pow(2 * Math.PI * speed, 2) / 200 * Response(speed, 3.2, 0.1);
        Orders orders = Orders.Of(speed, 0.8, 20, static a => a.X, level == 0 ? null : FaultKind.Imbalance, Math.Max(1, level));
        Assert.Equal(expected, orders.Amplitude(1), 0.03 * expected);
    }

    [Fact]
    public void Machine_Misalignment_LineAt2xOfTheFormula()
    {
        Orders healthy = Orders.Of(7, 1, 20, static a => a.X), broken = Orders.Of(7, 1, 20, static a => a.X, FaultKind.Misalignment, 2);
        double perNewton = Response(14, 3.2, 0.1) / 200;
        Assert.Equal(5 * perNewton, healthy.Amplitude(2), 0.1 * 5 * perNewton);
        Assert.Equal(85 * perNewton, broken.Amplitude(2), 0.04 * 85 * perNewton);
        Assert.Equal(healthy.Amplitude(1), broken.Amplitude(1), 0.03 * healthy.Amplitude(1));
    }

    [Fact]
    public void Machine_Looseness_HarmonicsThatAHealthyMachineLacks()
    {
        Orders healthy = Orders.Of(6, 0.9, 20, static a => a.Y), broken = Orders.Of(6, 0.9, 20, static a => a.Y, FaultKind.Looseness, 2);
        foreach (int harmonic in (int[])[3, 4, 5, 6])
            Assert.True(broken.Amplitude(harmonic) > 10 * healthy.Amplitude(harmonic), $"{harmonic}x: {broken.Amplitude(harmonic)} beside {healthy.Amplitude(harmonic)}");
    }

    [Theory]
    [InlineData("Outer", Bpfo)]
    [InlineData("Inner", Bpfi)]
    [InlineData("Ball", TwiceBsf)]
    public void Machine_DamagedBearing_LineAtTheOrderOfItsGeometry(string fault, double order)
    {
        FaultKind kind = Enum.Parse<FaultKind>(fault);
        Orders healthy = Orders.Of(6, 1, 60, static a => a.Y), broken = Orders.Of(6, 1, 60, static a => a.Y, kind);
        double spread = kind == FaultKind.Inner ? 0.45 : 0.15;  // to the middle between the sidebands
        Assert.Equal(order, broken.Highest(order - spread, order + spread), 0.025);
        Assert.True(broken.Amplitude(order) > 5 * healthy.Amplitude(order), $"{broken.Amplitude(order)} beside {healthy.Amplitude(order)}");
    }

    [Theory]
    [InlineData("Inner", Bpfi, 1)]
    [InlineData("Ball", TwiceBsf, Ftf)]
    public void Machine_SpotThatMovesThroughTheLoadZone_Sidebands(string fault, double order, double distance)
    {
        Orders broken = Orders.Of(6, 1, 60, static a => a.Y, Enum.Parse<FaultKind>(fault));
        foreach (double side in (double[])[order - distance, order + distance])
            Assert.Equal(side, broken.Highest(side - 0.12, side + 0.12), 0.025);
    }

    [Fact]
    public void Machine_OuterRace_ImpactsAsOftenAsTheGeometrySays()
    {
        BearingDamage damage = new(Machine.Bearing, FaultKind.Outer, new NoiseGenerator(3));
        int impacts = 0;
        const int Turns = 5_000;
        for (int step = 0; step < Turns * 400; step++)
            impacts += damage.Step(1 / 400.0, step / 400.0, out _) ? 1 : 0;
        Assert.Equal(Bpfo * Turns, impacts, 0.002 * Bpfo * Turns);
    }

    /// <summary>Acceleration over force per mass of a mass on a spring and a damper.</summary>
    private static double Response(double hz, double natural, double damping)
    {
        double r = hz / natural;
        return r * r / Math.Sqrt(Math.Pow(1 - (r * r), 2) + Math.Pow(2 * damping * r, 2));
    }
}
