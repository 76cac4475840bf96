namespace Latch.Sensors.Host;

/// <summary>The channels one part of the kernel shows.</summary>
internal interface IHostGroup : IDisposable
{
    /// <summary>The channels this machine has.</summary>
    IReadOnlyList<SensorChannel> Channels { get; }

    /// <summary>Reads every channel; rates are over the <paramref name="seconds"/> since the last read.</summary>
    void Read(Span<float> readings, double seconds);
}
