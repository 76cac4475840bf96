using System.Buffers.Binary;

namespace Latch.Samples.Vibration;

/// <summary>The accelerometer: band limit, noise, offset and numbers of an ADXL345 at its output data rate of 100 Hz.</summary>
/// <remarks>
/// Figures of the data sheet: 256 LSB/g in full resolution, 290 (x, y) and 430 (z) micro-g per root Hz at 100 Hz, a bandwidth of half
/// the data rate, offset drift 0.4 (x, y) and 1.2 (z) mg/K. The data sheet does not give the filter: a Butterworth low pass of fourth order is our
/// choice. What it lets through above 50 Hz is folded back, as in the chip.
/// </remarks>
internal sealed class Adxl345
{
    /// <summary>Samples a second.</summary>
    public const int DataRate = 100;

    /// <summary>Standard gravity in m/s^2.</summary>
    public const double Gravity = 9.80665;

    /// <summary>Counts per g in full resolution.</summary>
    public const int CountsPerG = 256;

    /// <summary>Bytes of one sample: x, y, z.</summary>
    public const int SampleBytes = 6;

    private const double WarmUpKelvin = 15, WarmUpSeconds = 480;
    private static readonly double[] s_noisePerRootHz = [290e-6, 290e-6, 430e-6];
    private static readonly double[] s_offset = [0.021, -0.013, 0.034];
    private static readonly double[] s_drift = [0.4e-3, -0.4e-3, 1.2e-3];

    private readonly NoiseGenerator _noise;
    private readonly LowPass[] _filters = [new(), new(), new()];
    private double _warmth;  // K above the temperature at which the offset holds

    /// <param name="seed">Of the noise.</param>
    public Adxl345(ulong seed) => _noise = new NoiseGenerator(seed);

    /// <summary>The last output of the filters in g: x, y, z.</summary>
    public double[] G { get; } = new double[3];

    /// <summary>Puts the sensor at the temperature of a machine that has run for long.</summary>
    public void StartWarm(double load) => _warmth = WarmUpKelvin * load;

    /// <summary>Feels one step of the machine.</summary>
    /// <param name="acceleration">Of the housing, m/s^2, without gravity.</param>
    /// <param name="load">Heats the machine: at full load by 15 K in the end.</param>
    public void Feel(Acceleration acceleration, double load)
    {
        _warmth += ((WarmUpKelvin * load) - _warmth) / (WarmUpSeconds * Machine.StepsPerSecond);
        Feel(0, acceleration.X / Gravity);
        Feel(1, (acceleration.Y / Gravity) + 1);
        Feel(2, acceleration.Z / Gravity);
    }

    private void Feel(int axis, double g)
    {
        double noise = s_noisePerRootHz[axis] * Math.Sqrt(Machine.StepsPerSecond / 2.0) * _noise.Next();
        G[axis] = _filters[axis].Step(g + noise) + s_offset[axis] + (s_drift[axis] * _warmth);
    }

    /// <summary>Counts in full resolution at a range.</summary>
    /// <param name="g">Acceleration in g.</param>
    /// <param name="range">Range bits of DATA_FORMAT: 0 to 3 for 2, 4, 8, 16 g.</param>
    public static int Counts(double g, int range = 1) =>
        (int)Math.Clamp(Math.Floor((g * CountsPerG) + 0.5), -(512 << range), (512 << range) - 1);

    /// <summary>A sample as it stands in DATAX0 to DATAZ1: x, y, z in two's complement, low byte first.</summary>
    /// <param name="g">x, y, z in g.</param>
    /// <param name="dataFormat">Register DATA_FORMAT: FULL_RES is bit 3, left justification bit 2, the range bits 1 and 0.</param>
    /// <param name="destination">Six bytes.</param>
    public static void Encode(ReadOnlySpan<double> g, byte dataFormat, Span<byte> destination)
    {
        int range = dataFormat & 3;
        bool full = (dataFormat & 8) != 0, left = (dataFormat & 4) != 0;
        for (int axis = 0; axis < 3; axis++)
        {
            int counts = Counts(g[axis], range);
            if (!full)
                counts >>= range;                    // ten bits, whatever the range
            if (left)
                counts <<= full ? 6 - range : 6;     // the sign stands in bit 15
            BinaryPrimitives.WriteInt16LittleEndian(destination[(2 * axis)..], (short)counts);
        }
    }
}

/// <summary>Butterworth low pass of fourth order with its corner at 50 Hz: two sections, bilinear transform.</summary>
internal sealed class LowPass
{
    private const double CornerHz = Adxl345.DataRate / 2.0;
    private Section _first = new(0.9238795325112867), _second = new(0.3826834323650898);  // cosines of 22.5 and 67.5 degrees

    /// <summary>Takes one value, at <see cref="Machine.StepsPerSecond"/>.</summary>
    public double Step(double value) => _second.Step(_first.Step(value));

    private struct Section
    {
        private readonly double _gain, _a1, _a2;
        private double _x1, _x2, _y1, _y2;

        public Section(double damping)
        {
            double k = Math.PI * CornerHz / Machine.StepsPerSecond, scale = 1 / (1 + (2 * damping * k) + (k * k));
            _gain = k * k * scale;
            _a1 = 2 * ((k * k) - 1) * scale;
            _a2 = (1 - (2 * damping * k) + (k * k)) * scale;
        }

        public double Step(double x)
        {
            double y = (_gain * (x + (2 * _x1) + _x2)) - (_a1 * _y1) - (_a2 * _y2);
            (_x2, _x1, _y2, _y1) = (_x1, x, _y1, y);
            return y;
        }
    }
}
