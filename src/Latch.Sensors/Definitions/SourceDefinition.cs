namespace Latch.Sensors.Definitions;

/// <summary>A source as its definition describes it, checked but not opened.</summary>
internal abstract class SourceDefinition
{
    /// <summary>Whether a read waits until the device or the writer has a sample; otherwise it answers at once.</summary>
    internal virtual bool Waits => false;

    /// <summary>Opens the source.</summary>
    /// <exception cref="SensorException">The device cannot be opened.</exception>
    /// <exception cref="SensorFileException">The file cannot be opened.</exception>
    internal abstract ISensorSource Open(SourceContext context);
}
