namespace Latch.Samples.Vibration;

/// <summary>Accelerations along the sensor's axes.</summary>
/// <param name="X">Horizontal, across the shaft.</param>
/// <param name="Y">Vertical.</param>
/// <param name="Z">Along the shaft.</param>
internal readonly record struct Acceleration(double X, double Y, double Z);

/// <summary>A slow fan on spring isolators, seen at the housing of one bearing; PHYSICS.md derives every term.</summary>
internal sealed class Machine
{
    /// <summary>Steps a second.</summary>
    public const int StepsPerSecond = 3200;

    /// <summary>Speed at which severities are stated, in Hz.</summary>
    public const double NominalSpeed = 8;

    /// <summary>The bearing.</summary>
    public static readonly Bearing Bearing = new(Balls: 8, BallDiameter: 22, PitchDiameter: 100, ContactCosine: 1);

    /// <summary>All that moves on the isolators, in kg.</summary>
    internal const double Mass = 200;

    /// <summary>Mass times radius left by balancing, in kg m: what G 6.3 allows a rotor of 80 kg at 9 Hz.</summary>
    internal const double ResidualImbalance = 80 * 6.3e-3 / (2 * Math.PI * 9);

    /// <summary>Radius at which dirt sits, in m.</summary>
    internal const double DirtRadius = 0.4;

    /// <summary>Force at twice the shaft's speed that good alignment leaves, in N at full load.</summary>
    internal const double ResidualMisalignment = 5;

    internal const double MountX = 3.2, MountY = 3.6, MountZ = 3.0, MountDamping = 0.1;
    internal const double PedestalX = 27, PedestalY = 33, PedestalZ = 40, PedestalDamping = 0.05;

    private const double Gravity = Adxl345.Gravity;
    private const double Dt = 1.0 / StepsPerSecond;
    private const double RampPerSecond = 0.25;        // Hz a second
    private const double LoadRampPerSecond = 0.1;
    private const double TurbulencePerRootHz = 0.35e-3 * Gravity;  // m/s^2 at nominal speed and full load
    private const double FootStiffness = 2.5e6;       // N/m that one foot pushes with, loose or not
    private const double FootDamping = 1.5e3;         // N s/m
    private const double FootShare = 0.5;             // of a foot's force that reaches the pedestal's mode

    private readonly NoiseGenerator _noise;
    private readonly NoiseGenerator _slip;
    private Oscillator _mountX = new(MountX, MountDamping), _mountY = new(MountY, MountDamping), _mountZ = new(MountZ, MountDamping);
    private Oscillator _pedestalX = new(PedestalX, PedestalDamping), _pedestalY = new(PedestalY, PedestalDamping), _pedestalZ = new(PedestalZ, PedestalDamping);
    private double _speedError, _loadError;
    private BearingDamage? _damage;

    /// <summary>A machine that stands still, without a fault.</summary>
    /// <param name="seed">Of all that is random.</param>
    public Machine(ulong seed) => (_noise, _slip) = (new NoiseGenerator(seed), new NoiseGenerator(~seed));

    /// <summary>Speed of the shaft in Hz.</summary>
    public double Speed { get; private set; }

    /// <summary>Load as a share of full load.</summary>
    public double Load { get; private set; }

    /// <summary>The speed it is driven to, in Hz.</summary>
    public double TargetSpeed { get; set; }

    /// <summary>The load it goes to.</summary>
    public double TargetLoad { get; set; }

    /// <summary>Where the shaft is, in turns since the start.</summary>
    public double Turns { get; private set; }

    /// <summary>The fault, if any.</summary>
    public FaultKind? Fault { get; private set; }

    /// <summary>How severe it is: 1 to <see cref="Severity.Highest"/>, 0 without a fault.</summary>
    public int Level { get; private set; }

    /// <summary>Puts the machine at its speed and load at once, as if it had run for long.</summary>
    public void StartRunning(double speed, double load)
    {
        (TargetSpeed, Speed) = (speed, speed);
        (TargetLoad, Load) = (load, load);
    }

    /// <summary>Breaks something; a machine has one fault at a time.</summary>
    public void Break(FaultKind kind, int level)
    {
        (Fault, Level) = (kind, level);
        _damage = kind >= FaultKind.Outer ? new BearingDamage(Bearing, kind, _slip) : null;
    }

    /// <summary>Repairs everything.</summary>
    public void Repair() => (Fault, Level, _damage) = (null, 0, null);

    /// <summary>Takes one step of 1 / <see cref="StepsPerSecond"/> s.</summary>
    /// <returns>Acceleration of the bearing's housing in m/s^2, without gravity.</returns>
    public Acceleration Step()
    {
        double turned = Drive();
        (double x, double y, double z) = Forces();
        double flow = TurbulencePerRootHz * Math.Sqrt(StepsPerSecond / 2.0) * Load * Square(Speed / NominalSpeed);
        (double px, double py, double pz) = (flow * _noise.Next(), flow * _noise.Next(), flow * _noise.Next());
        if (_damage is not null && _damage.Step(turned, Turns, out (double X, double Y) impact))
            Strike(impact, ref px, ref py, ref pz);
        double feet = Feet();
        return new(
            _mountX.Step(x, Dt) + _pedestalX.Step(px, Dt),
            _mountY.Step(y + feet, Dt) + _pedestalY.Step(py + (FootShare * feet), Dt),
            _mountZ.Step(z, Dt) + _pedestalZ.Step(pz, Dt));
    }

    /// <summary>Moves speed and load towards their targets; the belt slips a little and the load is never quite even.</summary>
    /// <returns>Turns of the shaft in this step.</returns>
    private double Drive()
    {
        Speed += Math.Clamp(TargetSpeed - Speed, -RampPerSecond * Dt, RampPerSecond * Dt);
        Load += Math.Clamp(TargetLoad - Load, -LoadRampPerSecond * Dt, LoadRampPerSecond * Dt);
        _speedError += Wander(_speedError, 0.003, seconds: 2);
        _loadError += Wander(_loadError, 0.05, seconds: 5);
        double turned = Speed * (1 + _speedError) * Dt;
        Turns += turned;
        return turned;
    }

    /// <summary>One step of an error that keeps its standard deviation and forgets itself within the time constant.</summary>
    private double Wander(double error, double deviation, double seconds) =>
        (-error * Dt / seconds) + (deviation * Math.Sqrt(2 * Dt / seconds) * _noise.Next());

    /// <summary>Imbalance and misalignment on the machine's mass, over that mass.</summary>
    private (double X, double Y, double Z) Forces()
    {
        double imbalance = ResidualImbalance + (Amount(FaultKind.Imbalance) * 1e-3 * DirtRadius);
        double centrifugal = imbalance * Square(2 * Math.PI * Speed) / Mass;
        double running = Math.Min(1, Speed);
        double coupling = (ResidualMisalignment + Amount(FaultKind.Misalignment)) / Mass * running * (0.3 + (0.7 * Load * (1 + _loadError)));
        double once = Wave.Sine(Turns), twice = Wave.Sine((2 * Turns) + 0.11);
        return (
            (centrifugal * Wave.Cosine(Turns)) + (coupling * twice),
            (centrifugal * once) + (0.6 * coupling * Wave.Sine((2 * Turns) + 0.36)),
            (0.1 * centrifugal * once) + (coupling * ((0.5 * Wave.Sine(Turns + 0.2)) + (0.5 * twice))));
    }

    /// <summary>A loose foot pushes when the machine comes down on it and does not pull when it lifts off.</summary>
    /// <returns>Force over the machine's mass, m/s^2.</returns>
    private double Feet()
    {
        double feet = Amount(FaultKind.Looseness);
        if (feet == 0 || _mountY.Position >= 0)
            return 0;
        return Math.Max(0, -feet * ((FootStiffness * _mountY.Position) + (FootDamping * _mountY.Velocity)) / Mass);
    }

    /// <summary>An impact: within one step it gives the pedestal the velocity with which it then rings at the level's acceleration.</summary>
    private void Strike((double X, double Y) impact, ref double x, ref double y, ref double z)
    {
        double strength = Severity.Of(Fault!.Value, Level) * 1e-3 * Gravity * Speed / NominalSpeed * (0.5 + (0.5 * Load * (1 + _loadError)));
        x += impact.X * strength / (2 * Math.PI * PedestalX * Dt);
        y += impact.Y * strength / (2 * Math.PI * PedestalY * Dt);
        z += 0.3 * impact.Y * strength / (2 * Math.PI * PedestalZ * Dt);
    }

    private double Amount(FaultKind kind) => Fault == kind ? Severity.Of(kind, Level) : 0;

    private static double Square(double value) => value * value;
}
