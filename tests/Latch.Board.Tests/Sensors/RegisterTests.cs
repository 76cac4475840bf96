namespace Latch.Board.Tests.Sensors;

/// <summary>The sources of registers over /dev/i2c-1 and /dev/spidev0: readings by the data sheets' formulas, and what happens when a chip goes.</summary>
[Collection(BoardCollection.Name)]
public sealed class RegisterTests(BoardFixture fixture)
{
    private const double Gravity = 9.80665;

    // x 256, y -1, z -4080, low byte first.
    private const string AdxlRegisters = "0x32 0x00 0x01 0xff 0xff 0x10 0xf0";
    private static readonly double[] s_adxlReadings = [256 / 256.0 * Gravity, -1 / 256.0 * Gravity, -4080 / 256.0 * Gravity];

    [Fact]
    public void Adxl345_OnI2c_IsSetUpAndReadsItsRegisters()
    {
        Answers answers = fixture.Probe.Run($$"""
            open {"kind":"i2c","device":"adxl345"}
            run sudo sim i2c 0x53 {{AdxlRegisters}}
            read
            run for register in 0x31 0x2c 0x2d; do sudo sim i2c 0x53 $register; done
            """);
        Assert.Equal(["accel_x[m/s²] accel_y[m/s²] accel_z[m/s²]"], answers.Channels);
        // Full resolution: 1/256 g a step.
        answers.Equal(0, s_adxlReadings);
        // Full resolution of 16 g, 800 Hz, measure.
        Assert.Equal(["0x0b", "0x0d", "0x08"], answers.Others);
    }

    [Fact]
    public void Mpu6050_OnI2c_ReadsItsRegisters()
    {
        // Big-endian from 0x3b on: 8192, -16384, 32767; -3400; 131, -262, 1310.
        Answers answers = fixture.Probe.Run("""
            open {"kind":"i2c","device":"mpu6050"}
            run sudo sim i2c 0x68 0x3b 0x20 0x00 0xc0 0x00 0x7f 0xff 0xf2 0xb8 0x00 0x83 0xfe 0xfa 0x05 0x1e
            read
            """);
        const double degree = Math.PI / 180;
        answers.Equal(0, 8192 / 16384.0 * Gravity, -16384 / 16384.0 * Gravity, 32767 / 16384.0 * Gravity, -3400 / 340.0 + 36.53, 131 / 131.0 * degree, -262 / 131.0 * degree, 1310 / 131.0 * degree);
    }

    [Fact]
    public void Lm75_OnI2c_ReadsNineBits()
    {
        Answers answers = fixture.Probe.Run("""
            open {"kind":"i2c","device":"lm75"}
            run sudo sim i2c 0x48 0 0x1980
            read
            run sudo sim i2c 0x48 0 0xe77f
            read
            run sudo sim i2c 0x48 0 0x1980
            """);
        // The seven low bits mean nothing.
        answers.Equal(0, 25.5);
        answers.Equal(1, -25);
    }

    [Fact]
    public void Ads1115_OnI2c_ReadsVoltsAndAsksForEveryInput()
    {
        Answers answers = fixture.Probe.Run("""
            open {"kind":"i2c","device":"ads1115","address":"0x49","channels":["ain1"]}
            run sudo sim i2c 0x49 0 0x8000
            read
            run sudo sim i2c 0x49 1
            run sudo sim i2c 0x49 0 0x1000
            read
            """);
        // Range of 4.096 V: 125 microvolts a step.
        answers.Equal(0, -32768 * 125e-6);
        answers.Equal(1, 4096 * 125e-6);
        // Start, input 1 against ground (101), 4.096 V (001), one shot; 860 a second (111), comparator off.
        Assert.Equal([$"0x{0b1_101_001_1_111_0_0_0_11:x4}"], answers.Others);
    }

    [Fact]
    public void Adxl345_OnSpi_IsSetUpAndReadsItsRegisters()
    {
        Answers answers = fixture.Probe.Run($$"""
            open {"kind":"spi","device":"adxl345"}
            run sudo sim spi 0 {{AdxlRegisters}}
            read
            run for register in 0x31 0x2c 0x2d; do sudo sim spi 0 $register; done
            """);
        answers.Equal(0, s_adxlReadings);
        Assert.Equal(["0x0b", "0x0d", "0x08"], answers.Others);
    }

    [Fact]
    public void Chip_DescribedInTheDefinition_IsReadOverSpi()
    {
        // An MPU-6500: its thermometer has 333.87 steps a degree around 21.
        Answers answers = fixture.Probe.Run("""
            open {"kind":"spi","bus":0,"chipSelect":1,"mode":3,"readBit":"0x80","endian":"big","identity":{"address":"0x75","value":"0x70"},"registers":[{"name":"temp","address":"0x41","width":16,"signed":true,"scale":0.00299517776,"offset":21,"unit":"°C"}]}
            run sudo sim spi 1 0x41 0xf9 0x7c
            read
            """);
        Assert.Equal(["temp[°C]"], answers.Channels);
        Assert.InRange(answers.Samples[0][0], -1668 / 333.87 + 21 - 1e-5, -1668 / 333.87 + 21 + 1e-5);
    }

    [Fact]
    public void I2cChip_Unplugged_FailsAndOpensAnewWhenItIsBack()
    {
        Answers answers = fixture.Probe.Run($$"""
            open {"kind":"i2c","device":"adxl345"}
            run sudo sim i2c 0x53 {{AdxlRegisters}}
            read
            run sudo sim i2c 0x53 absent
            read
            open {"kind":"i2c","device":"adxl345"}
            run sudo sim i2c 0x53 present
            open {"kind":"i2c","device":"adxl345"}
            read
            """);
        Assert.Equal("csfcs", answers.Course);
        Assert.Equal(2, answers.Failures.Length);
        Assert.All(answers.Failures, static message =>
        {
            Assert.StartsWith("/dev/i2c-1, address 0x53: reading register ", message, StringComparison.Ordinal);
            Assert.Contains("No device answers: check wiring, power and address", message, StringComparison.Ordinal);
        });
        answers.Equal(1, s_adxlReadings);
    }

    [Fact]
    public void Chip_NotTheOneNamed_IsRefused()
    {
        Answers answers = fixture.Probe.Run("""
            open {"kind":"i2c","device":"adxl345","address":"0x68"}
            run sudo sim spi 0 absent
            open {"kind":"spi","device":"adxl345"}
            run sudo sim spi 0 present
            open {"kind":"spi","device":"adxl345"}
            """);
        Assert.Equal("fc", answers.Course);
        Assert.Contains("register 0x00 holds 0x00, but that of the adxl345 holds 0xe5", answers.Failures[0], StringComparison.Ordinal);
        Assert.Contains("/dev/spidev0.0: register 0x00 holds 0xff", answers.Failures[1], StringComparison.Ordinal);
    }
}
