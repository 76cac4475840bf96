namespace Latch.Sensors;

/// <summary>A definition of a source or an output that does not hold: every fault, each beginning with its path in the JSON.</summary>
public sealed class DefinitionException : Exception
{
    /// <summary>Gathers faults.</summary>
    /// <param name="faults">At least one, such as <c>source.registers[2].width: 12 is not one of 8, 16, 24, 32.</c></param>
    public DefinitionException(IReadOnlyList<string> faults)
        : base(string.Join(Environment.NewLine, faults)) => Faults = faults;

    /// <summary>The faults, in the order they stand in the definition.</summary>
    public IReadOnlyList<string> Faults { get; }
}
