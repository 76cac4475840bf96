using System.Diagnostics;
using Latch.Sensors.Simulated;

namespace Latch.Sensors.Tests.Devices;

/// <summary>Reads that wait for the chip, over a simulated ADXL345 with its FIFO: DATA_READY (0x30, bit 7) is set while there are samples, a read of the data takes one.</summary>
public sealed class ReadyTests
{
    private const string Definition = """
        {"kind": "i2c", "address": "0x53", "name": "adxl345", "endian": "little",
         "ready": {"address": "0x30", "mask": "0x80", "timeoutMs": 300},
         "registers": [{"name": "x", "address": "0x32", "width": 16, "signed": true}]}
        """;

    [Fact]
    public void TryRead_ReaderAheadAndBehind_EverySampleOnceInOrder()
    {
        Chip chip = new();
        using ISensorSource source = Open(chip);
        List<float> read = [];
        Thread measuring = new(() =>
        {
            // Bursts of samples and pauses: the reader is now behind the chip, now ahead of it.
            for (short sample = 1; sample <= 60; sample++)
            {
                chip.Measure(sample);
                if (sample % 15 == 0)
                    Thread.Sleep(20);
            }
        });
        measuring.Start();
        while (read.Count < 60)
            read.Add(Sources.Read(source)["x"]);
        measuring.Join();
        Assert.Equal(Enumerable.Range(1, 60).Select(static sample => (float)sample), read);
    }

    [Fact]
    public void TryRead_ChipInStandby_ErrorAfterTheTimeout()
    {
        Stopwatch clock = Stopwatch.StartNew();
        using ISensorSource source = Open(new Chip());
        SensorException error = Assert.Throws<SensorException>(() => Sources.Read(source));
        Assert.InRange(clock.ElapsedMilliseconds, 300, 30_000);
        Assert.Equal("/dev/i2c-1, address 0x53: the adxl345 had no new sample within 300 ms (register 0x30, bits 0x80): check that \"init\" makes it measure, or give a longer \"timeoutMs\".", error.Message);
    }

    [Fact]
    public void TryRead_Cancelled_EndsTheSeries()
    {
        using CancellationTokenSource cancellation = new(100);
        using ISensorSource source = SourceFactory.Open(Sources.Json(Definition.Replace("300", "60000", StringComparison.Ordinal)), Sources.Context(new Chip().Devices) with { Cancellation = cancellation.Token });
        Assert.False(source.TryRead(new float[1], out _));
    }

    [Theory]
    [InlineData("""{"address": "0x30"}""", "source.ready.mask")]
    [InlineData("""{"address": "0x30", "mask": 0}""", "source.ready.mask")]
    [InlineData("""{"mask": 1}""", "source.ready.address")]
    [InlineData("""{"address": "0x30", "mask": 1, "timeoutMs": 0}""", "source.ready.timeoutMs")]
    public void Check_BadReady_FaultNamesThePlace(string ready, string path) =>
        Assert.StartsWith(path, Assert.Single(Sources.Faults($$"""{"kind": "i2c", "address": 16, "ready": {{ready}}, "registers": [{"name": "a", "address": 0}]}""")), StringComparison.Ordinal);

    [Fact]
    public void TryRead_TenThousandSamples_AllocatesNothing()
    {
        RegisterFile registers = new();
        registers.Set(0x30, 0x80);
        using ISensorSource source = Sources.Open(Definition, Sources.I2c(settings => new SimulatedI2cDevice(registers, settings)));
        float[] sample = new float[1];
        Assert.Equal(0, AllocatedBytes.Of(10_000, () => source.TryRead(sample, out _)));
    }

    private static ISensorSource Open(Chip chip) => Sources.Open(Definition, chip.Devices);

    /// <summary>The FIFO in stream mode.</summary>
    private sealed class Chip
    {
        private readonly RegisterFile _registers = new();
        private readonly Queue<short> _fifo = new();

        public Chip() => _registers.WasRead = register =>
        {
            lock (_fifo)
            {
                if (register != 0x32)
                    return;
                _fifo.Dequeue();
                Show();
            }
        };

        public DeviceAccess Devices => Sources.I2c(settings => new SimulatedI2cDevice(_registers, settings));

        public void Measure(short sample)
        {
            lock (_fifo)
            {
                _fifo.Enqueue(sample);
                Show();
            }
        }

        private void Show()
        {
            if (_fifo.TryPeek(out short sample))
                _registers.Set(0x32, (byte)sample, (byte)(sample >> 8));
            _registers.Set(0x30, (byte)(_fifo.Count > 0 ? 0x82 : 0x02));
        }
    }
}
