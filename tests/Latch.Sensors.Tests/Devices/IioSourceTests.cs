using System.Buffers.Binary;
using Latch.Sensors.Iio;

namespace Latch.Sensors.Tests.Devices;

public sealed class IioSourceTests : IDisposable
{
    private const string Buffered = """{"kind": "iio", "buffered": true, "trigger": "timer", "samplingFrequency": 50, "length": 64, "timeoutMs": 300}""";
    private readonly IioTree _tree = new IioTree().AddDummy().AddTrigger("trigger0", "timer");

    public void Dispose() => _tree.Dispose();

    [Fact]
    public void Discover_DummyDevice_ListsChannelsWithUnits()
    {
        IioDevice device = Assert.Single(IioDevice.Discover(_tree.Devices));
        Assert.Equal(("iio:device0", "iio_dummy_part_no"), (device.Id, device.Name));
        Assert.Equal(
            [new("accel_x", "m/s²"), new("steps", ""), new("voltage0", "mV"), new("voltage1-voltage2", "mV"), new("voltage3-voltage4", "mV")],
            device.Channels);
        Assert.Empty(IioDevice.Discover(Path.Combine(_tree.Devices, "none")));
    }

    [Fact]
    public void Polled_AllChannels_AppliesOffsetAndScale()
    {
        Dictionary<string, string> before = _tree.Snapshot();
        using (ISensorSource source = Sources.Open("""{"kind": "iio"}""", _tree.Access))
        {
            Dictionary<string, float> read = Sources.Read(source);
            Assert.Equal((73 + 7) * 0.001333f, read["voltage0"], 1e-7f);
            Assert.Equal(33 * 0.000001344f, read["voltage1-voltage2"], 1e-10f);
            Assert.Equal(-2 * 0.000001344f, read["voltage3-voltage4"], 1e-10f);
            Assert.Equal(34, read["accel_x"]);
            Assert.Equal(47, read["steps"]);
            _tree.Write("iio:device0", "in_accel_x_raw", "-1234");
            Assert.Equal(-1234, Sources.Read(source)["accel_x"]);
        }

        _tree.Write("iio:device0", "in_accel_x_raw", "34");
        Assert.Equal(before, _tree.Snapshot());
    }

    [Fact]
    public void Polled_SharedScaleAndOrder_AreThoseOfTypeAndDefinition()
    {
        _tree.Write("iio:device1", "name", "adxl345");
        foreach (string axis in (string[])["x", "y", "z"])
            _tree.Write("iio:device1", $"in_accel_{axis}_raw", $"{axis[0] - 'w'}00");
        _tree.Write("iio:device1", "in_accel_scale", "0.038300");
        _tree.Write("iio:device1", "in_temp_raw", "200");
        _tree.Write("iio:device1", "in_temp_offset", "-50.5");
        _tree.Write("iio:device1", "in_temp_scale", "100");
        using ISensorSource source = Sources.Open("""{"kind": "iio", "device": "adxl345", "channels": ["accel_z", "temp", "accel_x"], "names": {"temp": "case"}}""", _tree.Access);
        float[] sample = new float[3];
        Assert.True(source.TryRead(sample, out _));
        Assert.Equal([300 * 0.0383f, 14950f, 100 * 0.0383f], sample);
        Assert.Equal([new("accel_z", "m/s²"), new("case", "m°C"), new("accel_x", "m/s²")], source.Channels);
    }

    [Theory]
    [InlineData("""{"kind": "iio", "device": "bme280"}""", "no IIO device 'bme280'. There are iio:device0 (iio_dummy_part_no)")]
    [InlineData("""{"kind": "iio", "channels": ["accel_w"]}""", "source.channels: iio:device0 (iio_dummy_part_no) has no channel accel_w in this way of reading. It has: accel_x, steps,")]
    [InlineData("""{"kind": "iio", "buffered": true, "channels": ["steps"]}""", "has no channel steps in this way of reading. It has: accel_x, voltage0,")]
    [InlineData("""{"kind": "iio", "buffered": true, "trigger": "t9"}""", "there is no trigger 't9'. There are timer; name it as \"trigger\".")]
    [InlineData("""{"kind": "iio", "buffered": true}""", "needs a trigger. There are timer; name it as \"trigger\".")]
    public void Open_DoesNotFit_SaysWhatIsThere(string definition, string expected)
    {
        Dictionary<string, string> before = _tree.Snapshot();
        Exception error = Assert.ThrowsAny<Exception>(() => Sources.Open(definition, _tree.Access));
        Assert.True(error is SensorException or DefinitionException);
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
        Assert.Equal(before, _tree.Snapshot());
    }

    [Fact]
    public void Open_BufferInUse_IsRefusedAndLeftAlone()
    {
        _tree.Write("iio:device0", "buffer/enable", "1");
        Dictionary<string, string> before = _tree.Snapshot();
        Assert.Contains("its buffer is in use", Assert.Throws<SensorException>(() => Sources.Open("""{"kind": "iio", "buffered": true, "trigger": "timer"}""", _tree.Access)).Message, StringComparison.Ordinal);
        Assert.Equal(before, _tree.Snapshot());
    }

    [Fact]
    public void Buffered_Scans_AreDecodedWithTheirTime()
    {
        Dictionary<string, string> before = _tree.Snapshot();
        using (ISensorSource source = Sources.Open(Buffered, _tree.Access))
        {
            Assert.Equal(50, source.SampleRate);
            Assert.Equal(("timer", "64", "1", "50"), (Device("trigger/current_trigger"), Device("buffer/length"), Device("buffer/enable"), Device("sampling_frequency")));
            using FileStream pipe = new(Path.Combine(_tree.Dev, "iio:device0"), FileMode.Open, FileAccess.Write, FileShare.ReadWrite, 0);
            DateTimeOffset first = new(2026, 7, 1, 12, 0, 0, TimeSpan.Zero);
            byte[] scans = [.. Scan(100, -5, 1, -300, first), .. Scan(8191, 2047, -1024, 32767, first.AddMilliseconds(20))];
            pipe.Write(scans.AsSpan(0, 20)); // a scan and a part of the next
            float[] sample = new float[4];
            Assert.True(source.TryRead(sample, out DateTimeOffset time));
            Assert.Equal(["accel_x", "voltage0", "voltage1-voltage2", "voltage3-voltage4"], source.Channels.Select(channel => channel.Name));
            Assert.Equal(first, time);
            Assert.Equal([-300f, (float)(107 * 0.001333), (float)(-5 * 0.000001344), 0.000001344f], sample);
            pipe.Write(scans.AsSpan(20));
            Assert.True(source.TryRead(sample, out time));
            Assert.Equal(first.AddMilliseconds(20), time);
            Assert.Equal([32767f, (float)(8198 * 0.001333), (float)(2047 * 0.000001344), (float)(-1024 * 0.000001344)], sample);
        }

        Assert.Equal(before, _tree.Snapshot());

        string Device(string file) => _tree.Read("iio:device0", file);
    }

    [Fact]
    public void Buffered_SomeChannels_TurnsTheOthersOff()
    {
        _tree.AddElement("iio:device0", "voltage0", 0, "le:u13/16>>0", enabled: true);
        Dictionary<string, string> before = _tree.Snapshot();
        using (ISensorSource source = Sources.Open("""{"kind": "iio", "buffered": true, "trigger": "timer", "channels": ["accel_x"]}""", _tree.Access))
        {
            Assert.Equal(33, source.SampleRate); // as found
            Assert.Equal(("0", "1", "1"), (_tree.Read("iio:device0", "scan_elements/in_voltage0_en"), _tree.Read("iio:device0", "scan_elements/in_accel_x_en"), _tree.Read("iio:device0", "scan_elements/in_timestamp_en")));
            using FileStream pipe = new(Path.Combine(_tree.Dev, "iio:device0"), FileMode.Open, FileAccess.Write, FileShare.ReadWrite, 0);
            byte[] scan = new byte[16]; // two bytes, six of padding, the time
            BinaryPrimitives.WriteInt16LittleEndian(scan, -7);
            pipe.Write(scan);
            Assert.Equal(-7, Sources.Read(source)["accel_x"]);
        }

        Assert.Equal(before, _tree.Snapshot());
    }

    [Fact]
    public void Buffered_NoScan_FailsAfterTheTimeout()
    {
        using ISensorSource source = Sources.Open(Buffered, _tree.Access);
        using FileStream pipe = new(Path.Combine(_tree.Dev, "iio:device0"), FileMode.Open, FileAccess.Write, FileShare.ReadWrite, 0);
        string message = Assert.Throws<SensorException>(() => source.TryRead(new float[4], out _)).Message;
        Assert.Contains("gave no sample within 300 ms", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Buffered_DeviceGone_FailsAndOpensAgain()
    {
        using (ISensorSource source = Sources.Open(Buffered, _tree.Access))
        {
            using (FileStream pipe = new(Path.Combine(_tree.Dev, "iio:device0"), FileMode.Open, FileAccess.Write, FileShare.ReadWrite, 0))
                pipe.Write(Scan(1, 2, 3, 4, DateTimeOffset.UnixEpoch));
            Assert.Equal(4, Sources.Read(source)["accel_x"]);
            Assert.Contains("has ended", Assert.Throws<SensorException>(() => Sources.Read(source)).Message, StringComparison.Ordinal);
        }

        using ISensorSource again = Sources.Open(Buffered, _tree.Access);
        using FileStream second = new(Path.Combine(_tree.Dev, "iio:device0"), FileMode.Open, FileAccess.Write, FileShare.ReadWrite, 0);
        second.Write(Scan(1, 2, 3, 5, DateTimeOffset.UnixEpoch));
        Assert.Equal(5, Sources.Read(again)["accel_x"]);
    }

    [Fact]
    public void Buffered_Cancelled_EndsTheSeries()
    {
        using CancellationTokenSource end = new();
        SourceContext context = new() { SampleRate = 10, Devices = _tree.Access, Cancellation = end.Token };
        using ISensorSource source = SourceFactory.Open(Sources.Json("""{"kind": "iio", "buffered": true, "trigger": "timer"}"""), context);
        end.CancelAfter(50);
        Assert.False(source.TryRead(new float[4], out _));
    }

    [Fact]
    public void TryRead_ManySamples_AllocatesNothing()
    {
        const int Scans = 1_000;
        using ISensorSource buffered = Sources.Open(Buffered, _tree.Access);
        using ISensorSource polled = Sources.Open("""{"kind": "iio", "channels": ["accel_x", "voltage0"]}""", _tree.Access);
        using FileStream pipe = new(Path.Combine(_tree.Dev, "iio:device0"), FileMode.Open, FileAccess.Write, FileShare.ReadWrite, 0);
        byte[] scan = Scan(1, 2, 3, 4, DateTimeOffset.UnixEpoch);
        for (int i = 0; i < 2 * Scans; i++)
            pipe.Write(scan); // 32 kB: a pipe holds 64
        float[] four = new float[4];
        float[] two = new float[2];
        Assert.Equal(0, AllocatedBytes.Of(Scans, () =>
        {
            buffered.TryRead(four, out _);
            polled.TryRead(two, out _);
        }));
        Assert.Equal(4, four[0]);
    }

    private static byte[] Scan(ushort voltage0, short voltage12, short voltage34, short accel, DateTimeOffset time)
    {
        byte[] scan = new byte[16];
        BinaryPrimitives.WriteUInt16LittleEndian(scan, voltage0);
        BinaryPrimitives.WriteInt16LittleEndian(scan.AsSpan(2), (short)(voltage12 & 0xFFF));
        BinaryPrimitives.WriteInt16LittleEndian(scan.AsSpan(4), (short)(voltage34 & 0x7FF));
        BinaryPrimitives.WriteInt16LittleEndian(scan.AsSpan(6), accel);
        BinaryPrimitives.WriteInt64LittleEndian(scan.AsSpan(8), (time - DateTimeOffset.UnixEpoch).Ticks * 100);
        return scan;
    }
}
