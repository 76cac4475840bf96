using System.Device.Gpio;
using System.Device.I2c;
using System.Device.Spi;
using System.Text.Json;
using Latch.Sensors.Outputs;

namespace Latch.Sensors.Tests;

/// <summary>Opens sources and outputs from JSON over simulated devices.</summary>
internal static class Sources
{
    internal static JsonElement Json(string text) => JsonDocument.Parse(text).RootElement;

    internal static ISensorSource Open(string definition, DeviceAccess? devices = null, string folder = "", Stream? input = null, TimeProvider? clock = null) =>
        SourceFactory.Open(Json(definition), Context(devices, folder, input, clock));

    internal static SourceContext Context(DeviceAccess? devices = null, string folder = "", Stream? input = null, TimeProvider? clock = null) =>
        new() { SampleRate = 10, Devices = devices ?? new(), Folder = folder, Input = input, Clock = clock ?? TimeProvider.System };

    internal static IReadOnlyList<string> Faults(string definition) => SourceFactory.Check(Json(definition), Context());

    internal static IAlarmOutput OpenOutput(string definition, GpioDriver driver) =>
        OutputFactory.Open(Json(definition), devices: new() { OpenGpio = _ => driver });

    internal static DeviceAccess I2c(Func<I2cConnectionSettings, I2cDevice> open) => new() { OpenI2c = open };

    internal static DeviceAccess Spi(Func<SpiConnectionSettings, SpiDevice> open) => new() { OpenSpi = open };

    internal static Dictionary<string, float> Read(ISensorSource source)
    {
        float[] sample = new float[source.Channels.Count];
        Assert.True(source.TryRead(sample, out _));
        return source.Channels.Select((channel, i) => (channel.Name, sample[i])).ToDictionary();
    }
}
