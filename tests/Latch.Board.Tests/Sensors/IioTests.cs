namespace Latch.Board.Tests.Sensors;

/// <summary>The IIO source on Linux's drivers of a BMI160 and an ADS1115: polled, buffered, and when chip or driver goes.</summary>
[Collection(BoardCollection.Name)]
public sealed class IioTests(BoardFixture fixture)
{
    private const string Polled = """{"kind":"iio","device":"bmi160","channels":["accel_x","accel_y","accel_z"]}""";
    private const string Buffered = """{"kind":"iio","device":"bmi160","channels":["accel_x","accel_y","accel_z"],"buffered":true,"trigger":"board","samplingFrequency":100,"timeoutMs":2000}""";
    private const string Unbind = "run echo 1-0069 | sudo tee /sys/bus/i2c/drivers/bmi160_i2c/unbind >/dev/null";
    private const string Bind = "run echo 1-0069 | sudo tee /sys/bus/i2c/drivers/bmi160_i2c/bind >/dev/null; sudo udevadm settle";

    // The driver's figure for a range of 2 g: micrometres a second squared, rounded from 9.80665 * 2 / 32768.
    private const double Scale = 598e-6;

    [Fact]
    public void Bmi160_Polled_ReadsItsRegistersInTheUnitsOfTheKernel()
    {
        Answers answers = fixture.Probe.Run($"""
            open {Polled}
            run sudo sim i2c 0x69 0x12 0x00 0x80 0xff 0x7f 0x34 0x12
            read
            """);
        Assert.Equal(["accel_x[m/s²] accel_y[m/s²] accel_z[m/s²]"], answers.Channels);
        answers.Equal(0, -32768 * Scale, 32767 * Scale, 0x1234 * Scale);
        Assert.InRange(answers.Samples[0][0], -2.002 * 9.80665, -1.998 * 9.80665);
    }

    [Fact]
    public void Ads1115_Polled_ReadsMillivolts()
    {
        // 62.5 microvolts a step, the driver's range of 2.048 V. The driver names the whole family after one chip.
        Answers answers = fixture.Probe.Run("""
            open {"kind":"iio","device":"ads1015","channels":["voltage0"]}
            run sudo sim i2c 0x4b 0 0x8000
            read
            run sudo sim i2c 0x4b 0 0x1000
            read
            """);
        Assert.Equal(["voltage0[mV]"], answers.Channels);
        answers.Equal(0, -2048);
        answers.Equal(1, 4096 * 0.0625);
    }

    [Fact]
    public void Bmi160_Buffered_GivesEveryScanOnceWithItsTime()
    {
        const int frames = 300;
        Board board = fixture.Board;
        // x counts up, y down, z in steps of 109: no two frames are equal.
        board.Check(FormattableString.Invariant(
            $"python3 -c 'import struct, sys; [sys.stdout.buffer.write(struct.pack(\"<hhh\", i, -i, 109 * i)) for i in range({frames})]' >scans"));
        Answers answers = fixture.Probe.Run(FormattableString.Invariant($"""
            run sudo sim i2c 0x69 play scans 0x12 6
            open {Buffered}
            read {frames}
            close
            run cd /sys/bus/iio/devices/iio:device0 && cat buffer/enable scan_elements/in_accel_x_en
            """));
        Assert.Equal(frames, answers.Samples.Length);
        for (int i = 0; i < frames; i++)
            answers.Equal(i, i * Scale, -i * Scale, 109 * i * Scale);
        Assert.All(answers.Times.Zip(answers.Times.Skip(1)), static pair => Assert.True(pair.First < pair.Second, $"{pair.First} is not before {pair.Second}"));
        // Closed, the device is as it was found.
        Assert.Equal(["0", "0"], answers.Others);
    }

    [Fact]
    public void Bmi160_ChipUnplugged_FailsAndOpensAnewWhenItIsBack()
    {
        // More reads than the buffer holds, which was filled before.
        Answers answers = fixture.Probe.Run($"""
            open {Polled}
            run sudo sim i2c 0x69 absent
            read
            open {Buffered}
            run sudo sim i2c 0x69 present
            open {Buffered}
            read 10
            run sudo sim i2c 0x69 absent
            read 300
            run sudo sim i2c 0x69 present
            open {Polled}
            read
            """);
        Assert.Equal("cfcsfcs", answers.Course);
        Assert.Contains("in_accel_x_raw: cannot be read: No such device or address", answers.Failures[0], StringComparison.Ordinal);
        Assert.Contains("in_accel_scale: cannot be read: No such device or address", answers.Failures[1], StringComparison.Ordinal);
        Assert.Contains("/dev/iio:device0: gave no sample within 2000 ms", answers.Failures[2], StringComparison.Ordinal);
    }

    [Fact]
    public void Bmi160_DriverUnbound_FailsAndOpensAnewWhenItIsBound()
    {
        Answers answers = fixture.Probe.Run($"""
            open {Polled}
            read
            {Unbind}
            read
            open {Polled}
            {Bind}
            open {Buffered}
            read 10
            {Unbind}
            read 300
            close
            {Bind}
            run sudo sim i2c 0x69 0x12 0x01 0x00 0x02 0x00 0x03 0x00
            open {Polled}
            read
            """);
        Assert.Equal("csfcsfcs", answers.Course);
        Assert.Contains("in_accel_x_raw: cannot be read: No such device", answers.Failures[0], StringComparison.Ordinal);
        Assert.Contains("no IIO device 'bmi160'. There are iio:device1 (ads1015)", answers.Failures[1], StringComparison.Ordinal);
        Assert.Contains("/dev/iio:device0: cannot be read: error 19", answers.Failures[2], StringComparison.Ordinal);
        answers.Equal(answers.Samples.Length - 1, 1 * Scale, 2 * Scale, 3 * Scale);
    }
}
