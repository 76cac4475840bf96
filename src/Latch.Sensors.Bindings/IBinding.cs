namespace Latch.Sensors.Bindings;

/// <summary>One device: its channels, and how they are read.</summary>
internal interface IBinding : IDisposable
{
    /// <summary>The channels, in the order they are read.</summary>
    SensorChannel[] Channels { get; }

    /// <summary>Reads one value per channel; NaN where the device has none.</summary>
    void Read(Span<float> sample);
}
