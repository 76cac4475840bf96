using System.Globalization;

namespace Latch.Samples.Vibration;

/// <summary>A command that cannot be carried out: what is wrong and what would be right.</summary>
internal sealed class SimulatorException(string message) : Exception(message);

/// <summary>The machine with its sensor; takes commands and gives 100 samples a second.</summary>
internal sealed class Rig
{
    /// <summary>The commands in one line, for messages.</summary>
    public const string Commands = "speed HZ, load SHARE, running HZ SHARE, fault KIND LEVEL, repair";

    private const int StepsPerSample = Machine.StepsPerSecond / Adxl345.DataRate;
    private const double HighestSpeed = 9;

    private readonly Adxl345 _sensor;

    /// <summary>A machine that stands still.</summary>
    /// <param name="seed">Of all that is random; the same seed and commands give the same samples.</param>
    public Rig(ulong seed)
    {
        (Machine, _sensor) = (new Machine(seed), new Adxl345(seed + 1));
        for (int step = 0; step < Machine.StepsPerSecond / 5; step++)
            _sensor.Feel(default, load: 0);  // the chip was on before: its filters hold gravity
    }

    /// <summary>The machine.</summary>
    public Machine Machine { get; }

    /// <summary>The next sample.</summary>
    /// <returns>x, y, z in g, not yet rounded to counts.</returns>
    public ReadOnlySpan<double> Next()
    {
        for (int step = 0; step < StepsPerSample; step++)
            _sensor.Feel(Machine.Step(), Machine.Load);
        return _sensor.G;
    }

    /// <summary>Carries out one command.</summary>
    /// <exception cref="SimulatorException">There is no such command, or a value is out of range.</exception>
    public void Do(string command)
    {
        string[] words = command.Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        switch (words)
        {
            case ["speed", string speed]:
                Machine.TargetSpeed = Number(speed, 0, HighestSpeed, "a speed");
                break;
            case ["load", string load]:
                Machine.TargetLoad = Number(load, 0, 1, "a load");
                break;
            case ["running", string speed, string load]:
                Machine.StartRunning(Number(speed, 0, HighestSpeed, "a speed"), Number(load, 0, 1, "a load"));
                _sensor.StartWarm(Machine.Load);
                break;
            case ["fault", string kind, string level]:
                Machine.Break(Kind(kind), (int)Number(level, 1, Severity.Highest, "a level", whole: true));
                break;
            case ["repair"]:
                Machine.Repair();
                break;
            default:
                throw new SimulatorException($"'{command}' is no command. Commands: {Commands}.");
        }
    }

    private static FaultKind Kind(string name) =>
        char.IsAsciiLetter(name[0]) && Enum.TryParse(name, ignoreCase: true, out FaultKind kind)
            ? kind
            : throw new SimulatorException($"'{name}' is no fault. Faults: {string.Join(", ", Enum.GetNames<FaultKind>()).ToLowerInvariant()}.");

    private static double Number(string text, double lowest, double highest, string what, bool whole = false)
    {
        if (double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double value) && value >= lowest && value <= highest && (!whole || value == Math.Floor(value)))
            return value;
        throw new SimulatorException(string.Create(CultureInfo.InvariantCulture, $"'{text}' is not {what}: give a {(whole ? "whole " : "")}number from {lowest} to {highest}."));
    }
}
