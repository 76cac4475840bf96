namespace Latch.Samples.Vibration;

/// <summary>A mass on a spring and a damper, driven by a force: x'' + 2 d w x' + w^2 x = f / m.</summary>
/// <remarks>Semi-implicit Euler: the step is stable and its frequency error at 40 Hz and 3200 steps a second is below 0.03 %.</remarks>
internal struct Oscillator(double naturalHz, double dampingRatio)
{
    private readonly double _stiffness = 4 * Math.PI * Math.PI * naturalHz * naturalHz;  // k / m, 1/s^2
    private readonly double _damping = 4 * Math.PI * dampingRatio * naturalHz;           // c / m, 1/s

    /// <summary>Displacement in m.</summary>
    public double Position { get; private set; }

    /// <summary>Velocity in m/s.</summary>
    public double Velocity { get; private set; }

    /// <summary>Takes one step.</summary>
    /// <param name="drive">Force over mass, m/s^2.</param>
    /// <param name="seconds">Length of the step.</param>
    /// <returns>The acceleration in m/s^2.</returns>
    public double Step(double drive, double seconds)
    {
        double acceleration = drive - (_damping * Velocity) - (_stiffness * Position);
        Velocity += acceleration * seconds;
        Position += Velocity * seconds;
        return acceleration;
    }
}
