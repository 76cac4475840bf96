using System.Globalization;

namespace Latch.Board.Tests;

/// <summary>The simulated devices, seen by programs that know nothing of the simulation: i2c-tools, gpiod's tools, the kernel's drivers.</summary>
[Collection(BoardCollection.Name)]
public sealed class DeviceTests(BoardFixture fixture)
{
    private const string Lm75 = "cat /sys/bus/i2c/devices/1-004a/hwmon/hwmon*/temp1_input";
    private const string Bmi160 = "/sys/bus/iio/devices/iio:device0";

    [Fact]
    public void I2c_Detect_FindsEveryChip()
    {
        // UU: the kernel's driver has the chip.
        string table = fixture.Board.Check("/usr/sbin/i2cdetect -y 1");
        IEnumerable<string> found = table.Split('\n').Skip(1).SelectMany(static line => line[3..].Split(' ', StringSplitOptions.RemoveEmptyEntries)).Where(static cell => cell != "--");
        Assert.Equal(["48", "49", "UU", "UU", "53", "68", "UU", "76"], found);
    }

    [Fact]
    public void I2c_ByteRegisters_ReadWhatIsSetAndKeepWhatIsWritten()
    {
        Board board = fixture.Board;
        Assert.Equal("0xe5", board.Check("/usr/sbin/i2cget -y 1 0x53 0x00"));
        board.Simulate("i2c 0x53 0x32 0x12 0x34 0x56");
        Assert.Equal("0x12 0x34 0x56", board.Check("/usr/sbin/i2ctransfer -y 1 w1@0x53 0x32 r3"));
        board.Check("/usr/sbin/i2cset -y 1 0x53 0x2d 0x08");
        Assert.Equal("0x08", board.Simulate("i2c 0x53 0x2d"));
    }

    [Fact]
    public void I2c_WordRegisters_ComeHighByteFirstAndStayInTheirRegister()
    {
        Board board = fixture.Board;
        board.Simulate("i2c 0x49 0 0x1234 0x8583");
        Assert.Equal("0x12 0x34 0x12 0x34", board.Check("/usr/sbin/i2ctransfer -y 1 w1@0x49 0x00 r4"));
        Assert.Equal("0x85 0x83", board.Check("/usr/sbin/i2ctransfer -y 1 w1@0x49 0x01 r2"));
        board.Check("/usr/sbin/i2ctransfer -y 1 w3@0x49 0x01 0xc2 0x83");
        Assert.Equal("0xc283", board.Simulate("i2c 0x49 1"));
    }

    [Theory]
    [InlineData("0x1980", 25500)]
    [InlineData("0xe700", -25000)]
    [InlineData("0x7d00", 125000)]
    public void Lm75_RegisterSet_IsTheTemperatureOfLinuxDriver(string register, int thousandths)
    {
        // Data sheet: nine bits, left-aligned, half a degree each.
        fixture.Board.Simulate($"i2c 0x4a 0 {register}");
        Assert.Equal(thousandths.ToString(CultureInfo.InvariantCulture), fixture.Board.Check(Lm75));
    }

    [Fact]
    public void Chip_Unplugged_DoesNotAnswerAndComesBack()
    {
        Board board = fixture.Board;
        board.Simulate("i2c 0x4a 0 0x1980");
        board.Simulate("i2c 0x4a absent");
        Assert.Contains("No such device or address", board.Run(Lm75).Error, StringComparison.Ordinal);
        board.Simulate("i2c 0x4a present");
        Assert.Equal("25500", board.Check(Lm75));
    }

    [Fact]
    public void Gpio_Input_FollowsItsPull()
    {
        Board board = fixture.Board;
        Assert.Equal("gpiochip0 17", board.Check("gpiofind GPIO17"));
        board.Simulate("gpio 17 up");
        Assert.Equal("1", board.Check("gpioget gpiochip0 17"));
        board.Simulate("gpio 17 down");
        Assert.Equal("0", board.Check("gpioget gpiochip0 17"));
    }

    [Fact]
    public void Gpio_Output_IsSeenFromTheOtherSide()
    {
        Board board = fixture.Board;
        Assert.Equal("0", board.Simulate("gpio 18"));
        string levels = board.Check("gpioset -m signal gpiochip0 18=1 & p=$!; for i in $(seq 100); do v=$(sudo sim gpio 18); [ $v = 1 ] && break; sleep 0.1; done; echo $v; kill $p; wait; true");
        Assert.Equal("1", levels);
    }

    [Fact]
    public void Gpio_Edge_IsReported()
    {
        Board board = fixture.Board;
        board.Simulate("gpio 27 down");
        string events = board.Check(
            "timeout 60 gpiomon -n 2 -F '%o %e' gpiochip0 27 & for i in $(seq 50); do [ \"$(gpioinfo gpiochip0 | grep -c 'GPIO27.*used')\" = 1 ] && gpioinfo gpiochip0 | grep GPIO27 | grep -q gpiomon && break; sleep 0.1; done; "
            + "sudo sim gpio 27 up; sudo sim gpio 27 down; wait");
        Assert.Equal(["27 1", "27 0"], events.Split('\n'));
    }

    [Fact]
    public void Iio_SysfsReading_IsTheRegister()
    {
        Board board = fixture.Board;
        Assert.Equal("bmi160", board.Check($"cat {Bmi160}/name"));
        board.Simulate("i2c 0x69 0x12 0x00 0x80 0xff 0x7f 0x34 0x12");
        Assert.Equal(["-32768", "32767", "4660"], board.Check($"cd {Bmi160} && cat in_accel_x_raw in_accel_y_raw in_accel_z_raw").Split('\n'));
    }

    [Fact]
    public void Iio_BufferedCapture_GivesEveryFrameOfASeriesOnce()
    {
        Board board = fixture.Board;
        const int frames = 100;
        // x counts up, y down, z in steps of 257: no two frames are equal.
        board.Check(FormattableString.Invariant(
            $"python3 -c 'import struct, sys; [sys.stdout.buffer.write(struct.pack(\"<hhh\", i, -i, 257 * i % 32768)) for i in range({frames})]' >/tmp/series"));
        board.Simulate("i2c 0x69 play /tmp/series 0x12 6");
        // Without sudo: the group may do all of it.
        board.Check($"cd {Bmi160} && echo board >trigger/current_trigger && for a in x y z; do echo 1 >scan_elements/in_accel_${{a}}_en; done"
            + " && echo 200 >/sys/bus/iio/devices/trigger0/sampling_frequency && echo 256 >buffer/length && echo 1 >buffer/enable");
        try
        {
            board.Check(FormattableString.Invariant($"timeout 60 head -c {frames * 6} /dev/iio:device0 >~/captured; cmp /tmp/series ~/captured"));
            Assert.Equal(frames.ToString(CultureInfo.InvariantCulture), board.Simulate("i2c 0x69 played"));
        }
        finally
        {
            board.Check($"cd {Bmi160} && echo 0 >buffer/enable && echo >trigger/current_trigger && for a in x y z; do echo 0 >scan_elements/in_accel_${{a}}_en; done");
        }
    }

    [Fact]
    public void Spi_Registers_AreReadAndWrittenOverSpidev()
    {
        Board board = fixture.Board;
        // One message of spidev's ioctl, both ways: SPI_IOC_MESSAGE(1) with struct spi_ioc_transfer.
        const string transfer = "import ctypes, fcntl, struct, sys\n"
            + "tx = ctypes.create_string_buffer(bytes.fromhex(sys.argv[2]), len(sys.argv[2]) // 2); rx = ctypes.create_string_buffer(len(tx))\n"
            + "m = struct.pack('=QQIIHBBBBBB', ctypes.addressof(tx), ctypes.addressof(rx), len(tx), 1000000, 0, 8, 0, 0, 0, 0, 0)\n"
            + "fcntl.ioctl(open(sys.argv[1], 'r+b', buffering=0), 0x40206b00, m); print(rx.raw.hex())";
        board.Check($"cat >spi.py <<'END'\n{transfer}\nEND");
        board.Simulate("spi 0 0x32 0x01 0x02 0x03");
        // Bit 7 reads, bit 6 asks an ADXL345 for several bytes.
        Assert.Equal("00010203", board.Check("python3 spi.py /dev/spidev0.0 f2000000"));
        board.Check("python3 spi.py /dev/spidev0.0 2d08");
        Assert.Equal("0x08", board.Simulate("spi 0 0x2d"));
        board.Simulate("spi 0 absent");
        Assert.Equal("ffff", board.Check("python3 spi.py /dev/spidev0.0 8000"));
        board.Simulate("spi 0 present");
    }
}
