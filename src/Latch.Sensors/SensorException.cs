namespace Latch.Sensors;

/// <summary>A device that fails while it is opened, read or written: which device, what failed, and what to do.</summary>
/// <remarks>The source is of no more use: dispose it and open it again, at once or when the device is back.</remarks>
public sealed class SensorException : Exception
{
    /// <summary>Describes a failure.</summary>
    /// <param name="device">The device, such as <c>/dev/i2c-1, address 0x53</c>.</param>
    /// <param name="reason">What failed, and what to do.</param>
    /// <param name="inner">The cause, if another error was met.</param>
    public SensorException(string device, string reason, Exception? inner = null)
        : base($"{device}: {reason}", inner) => Device = device;

    /// <summary>The device.</summary>
    public string Device { get; }
}
