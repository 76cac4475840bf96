using System.Device.I2c;
using System.Device.Spi;
using Latch.Sensors.Simulated;

namespace Latch.Sensors.Tests.Devices;

public sealed class RegisterSourceTests
{
    private const string Adxl345 = """{"kind": "i2c", "bus": 1, "device": "adxl345"}""";
    private const float Gravity = 9.80665f;

    [Fact]
    public void Adxl345_I2c_GivesTheDatasheetsScale()
    {
        RegisterFile chip = NewAdxl345();
        using ISensorSource source = Sources.Open(Adxl345, Sources.I2c(settings => Expect(settings, 1, 0x53, chip)));
        chip.Set(0x32, 0x00, 0x01, 0x80, 0xFF, 0xFF, 0x0F); // 256, -128, 4095 steps; 256 LSB/g at full resolution
        int before = chip.Transfers;
        Dictionary<string, float> read = Sources.Read(source);
        Assert.Equal(1, chip.Transfers - before); // x, y and z are of one instant
        Assert.Equal(Gravity, read["accel_x"], 4);
        Assert.Equal(-Gravity / 2, read["accel_y"], 4);
        Assert.Equal(4095 * Gravity / 256, read["accel_z"], 3);
        Assert.All(source.Channels, channel => Assert.Equal("m/s²", channel.Unit));
        Assert.Equal([0x0B, 0x0D, 0x08], new[] { 0x31, 0x2C, 0x2D }.Select(register => Byte(chip, register)));
    }

    [Fact]
    public void Adxl345_Spi_SetsReadAndMultiByteBits()
    {
        RegisterFile chip = NewAdxl345();
        SpiConnectionSettings? seen = null;
        using ISensorSource source = Sources.Open("""{"kind": "spi", "device": "adxl345", "chipSelect": 1}""", Sources.Spi(settings => new SimulatedSpiDevice(chip, seen = settings, multiByteBit: 0x40)));
        chip.Set(0x32, 0x00, 0x01, 0x00, 0xFF, 0x03, 0x00);
        Dictionary<string, float> read = Sources.Read(source);
        Assert.Equal([Gravity, -Gravity, 3 * Gravity / 256], [MathF.Round(read["accel_x"], 5), MathF.Round(read["accel_y"], 5), read["accel_z"]]);
        Assert.Equal((0, 1, SpiMode.Mode3, 5_000_000), (seen!.BusId, seen.ChipSelectLine, seen.Mode, seen.ClockFrequency));
        Assert.Equal(0x08, Byte(chip, 0x2D));
    }

    [Fact]
    public void Mpu6050_OneTransfer_GivesSevenReadings()
    {
        RegisterFile chip = new();
        chip.Set(0x75, 0x68);
        using ISensorSource source = Sources.Open("""{"kind": "i2c", "device": "mpu6050"}""", Sources.I2c(settings => Expect(settings, 1, 0x68, chip)));
        chip.Set(0x3B, 0x40, 0x00, 0xC0, 0x00, 0x7F, 0xFF, 0xF2, 0xB0, 0x00, 0x83, 0xFF, 0x7D, 0x80, 0x00); // temperature -3408: 26.5 degrees
        int before = chip.Transfers;
        Dictionary<string, float> read = Sources.Read(source);
        Assert.Equal(1, chip.Transfers - before);
        Assert.Equal(Gravity, read["accel_x"], 4);
        Assert.Equal(-Gravity, read["accel_y"], 4);
        Assert.Equal(2 * Gravity, read["accel_z"], 2);
        Assert.Equal(36.53f - (3408f / 340), read["temp"], 3);
        Assert.Equal(float.DegreesToRadians(1), read["anglvel_x"], 5);
        Assert.Equal(float.DegreesToRadians(-1), read["anglvel_y"], 5);
        Assert.Equal(float.DegreesToRadians(-32768f / 131), read["anglvel_z"], 5);
    }

    [Theory] // the table of temperatures in the datasheet: +125, +25, +0.5, 0, -0.5, -25, -55 degrees as nine bits
    [InlineData(0b0_1111_1010, 125)]
    [InlineData(0b0_0011_0010, 25)]
    [InlineData(0b0_0000_0001, 0.5)]
    [InlineData(0b0_0000_0000, 0)]
    [InlineData(0b1_1111_1111, -0.5)]
    [InlineData(0b1_1100_1110, -25)]
    [InlineData(0b1_1001_0010, -55)]
    public void Lm75_NineBits_AreHalfDegrees(int code, float degrees)
    {
        RegisterFile chip = new(4, registerBytes: 2);
        using ISensorSource source = Sources.Open("""{"kind": "i2c", "device": "lm75", "address": "0x4a"}""", Sources.I2c(settings => Expect(settings, 1, 0x4A, chip)));
        int word = (code << 7) | 0x55; // the low seven bits are undefined
        chip.Set(0, (byte)(word >> 8), (byte)word);
        Assert.Equal(degrees, Sources.Read(source)["temp"]);
    }

    [Fact]
    public void Ads1115_FourInputs_AreConvertedOneByOne()
    {
        short[] inputs = [0x7FFF, 1, 0, -16000];
        RegisterFile chip = new(4, registerBytes: 2);
        List<int> configurations = [];
        chip.Written = register =>
        {
            Span<byte> config = stackalloc byte[2];
            chip.Get(1, config);
            configurations.Add((config[0] << 8) | config[1]);
            short code = inputs[((config[0] >> 4) & 7) - 4]; // multiplexer 100 to 111: input 0 to 3 against ground
            chip.Set(0, (byte)(code >> 8), (byte)code);
        };
        using ISensorSource source = Sources.Open("""{"kind": "i2c", "device": "ads1115"}""", Sources.I2c(settings => Expect(settings, 1, 0x48, chip)));
        Dictionary<string, float> read = Sources.Read(source);
        for (int input = 0; input < inputs.Length; input++)
            Assert.Equal(inputs[input] * 4.096f / 32768, read[$"ain{input}"], 1e-6f);
        Assert.All(configurations, config => Assert.Equal((1, 1, 1, 7, 3), (config >> 15, (config >> 9) & 7, (config >> 8) & 1, (config >> 5) & 7, config & 3)));
    }

    [Theory]
    [InlineData("""{"name": "a", "address": 2, "width": 24, "signed": true}""", -7829368)] // 88 88 88: two's complement of 24 bits
    [InlineData("""{"name": "a", "address": 2, "width": 32, "endian": "little"}""", 0x99888888L)]
    [InlineData("""{"name": "a", "address": 4, "width": 16, "shift": 4, "bits": 8}""", 0x89)]
    [InlineData("""{"name": "a", "address": 4, "width": 16, "shift": 4, "bits": 8, "signed": true, "scale": 0.5, "offset": 100}""", 100 + (0.5 * (0x89 - 256)))]
    [InlineData("""{"name": "a", "address": 5}""", 0x99)]
    public void Inline_OneRegister_IsDecoded(string register, double expected)
    {
        RegisterFile chip = new();
        chip.Set(2, 0x88, 0x88, 0x88, 0x99);
        using ISensorSource source = Sources.Open($$"""{"kind": "i2c", "address": 16, "registers": [{{register}}]}""", Sources.I2c(settings => new SimulatedI2cDevice(chip, settings)));
        Assert.Equal((float)expected, Sources.Read(source)["a"]);
    }

    [Fact]
    public void Inline_SixteenBitAddresses_AreSentHighByteFirst()
    {
        RegisterFile chip = new(0x400);
        chip.Set(0x312, 42);
        using ISensorSource source = Sources.Open("""{"kind": "i2c", "address": 16, "pointerBytes": 2, "init": [{"address": "0x200", "value": 7}], "registers": [{"name": "a", "address": "0x312"}]}""",
            Sources.I2c(settings => new SimulatedI2cDevice(chip, settings, pointerBytes: 2)));
        Assert.Equal(42, Sources.Read(source)["a"]);
        Assert.Equal(7, Byte(chip, 0x200));
    }

    [Fact]
    public void Inline_RegistersApart_ComeInTheOrderOfTheDefinition()
    {
        RegisterFile chip = new();
        chip.Set(0x20, 3);
        chip.Set(0x10, 1, 2);
        using ISensorSource source = Sources.Open("""
            {"kind": "i2c", "address": 16, "registers": [{"name": "c", "address": "0x20"}, {"name": "b", "address": "0x11"}, {"name": "a", "address": "0x10"}], "channels": ["c", "a", "b"]}
            """, Sources.I2c(settings => new SimulatedI2cDevice(chip, settings)));
        float[] sample = new float[3];
        Assert.True(source.TryRead(sample, out _));
        Assert.Equal([3f, 1f, 2f], sample);
        Assert.Equal(2, chip.Transfers);
    }

    [Fact]
    public void Open_AnotherDevice_IsRefusedByItsIdentity()
    {
        RegisterFile chip = new();
        chip.Set(0x00, 0x33);
        SensorException error = Assert.Throws<SensorException>(() => Sources.Open(Adxl345, Sources.I2c(settings => new SimulatedI2cDevice(chip, settings))));
        Assert.Equal("/dev/i2c-1, address 0x53: register 0x00 holds 0x33, but that of the adxl345 holds 0xe5. It is another device: check address and wiring.", error.Message);
    }

    [Fact]
    public void TryRead_DeviceGoneAndBack_FailsAndOpensAgain()
    {
        RegisterFile chip = NewAdxl345();
        DeviceAccess devices = Sources.I2c(settings => new SimulatedI2cDevice(chip, settings));
        using (ISensorSource source = Sources.Open(Adxl345, devices))
        {
            chip.Failure = new IOException("Error 121 (Remote I/O error) performing I2C data transfer.");
            SensorException error = Assert.Throws<SensorException>(() => Sources.Read(source));
            Assert.Equal("/dev/i2c-1, address 0x53", error.Device);
            Assert.Contains("reading register 0x32 of the adxl345 failed: Error 121 (Remote I/O error)", error.Message, StringComparison.Ordinal);
            Assert.Contains("i2cdetect -y 1", error.Message, StringComparison.Ordinal);
        }

        Assert.Throws<SensorException>(() => Sources.Open(Adxl345, devices));
        chip.Failure = null;
        using ISensorSource again = Sources.Open(Adxl345, devices);
        Assert.Equal(3, Sources.Read(again).Count);
    }

    [Fact]
    public void Open_NoSuchBus_SaysHowToTurnItOn()
    {
        string message = Assert.Throws<SensorException>(() => Sources.Open("""{"kind": "i2c", "bus": 255, "device": "lm75"}""").TryRead(new float[1], out _)).Message;
        Assert.StartsWith("/dev/i2c-255, address 0x48:", message, StringComparison.Ordinal);
        Assert.Contains("No such file or directory", message, StringComparison.Ordinal);
        Assert.Contains("dtparam=i2c_arm=on", message, StringComparison.Ordinal);
        message = Assert.Throws<SensorException>(() => Sources.Open("""{"kind": "spi", "bus": 255, "device": "adxl345"}""")).Message;
        Assert.StartsWith("/dev/spidev255.0:", message, StringComparison.Ordinal);
        Assert.Contains("dtparam=spi=on", message, StringComparison.Ordinal);
    }

    [Fact]
    public void TryRead_TenThousandSamples_AllocatesNothing()
    {
        RegisterFile chip = NewAdxl345();
        using ISensorSource i2c = Sources.Open(Adxl345, Sources.I2c(settings => new SimulatedI2cDevice(chip, settings)));
        using ISensorSource spi = Sources.Open("""{"kind": "spi", "device": "adxl345"}""", Sources.Spi(settings => new SimulatedSpiDevice(chip, settings, multiByteBit: 0x40)));
        using ISensorSource both = Sources.Open("""{"kind": "combined", "sources": [{"kind": "i2c", "device": "adxl345"}, {"kind": "i2c", "bus": 2, "device": "adxl345", "names": {"accel_x": "x", "accel_y": "y", "accel_z": "z"}}]}""",
            Sources.I2c(settings => new SimulatedI2cDevice(chip, settings)));
        float[] three = new float[3];
        float[] six = new float[6];
        Assert.Equal(0, AllocatedBytes.Of(10_000, () =>
        {
            i2c.TryRead(three, out _);
            spi.TryRead(three, out _);
            both.TryRead(six, out _);
        }));
    }

    [Fact]
    public void Combined_SameNames_AreRefusedWithTheRemedy()
    {
        RegisterFile chip = new(4, registerBytes: 2);
        string message = Assert.Throws<DefinitionException>(() => Sources.Open("""{"kind": "combined", "sources": [{"kind": "i2c", "device": "lm75"}, {"kind": "i2c", "device": "lm75", "address": "0x49"}]}""",
            Sources.I2c(settings => new SimulatedI2cDevice(chip, settings)))).Message;
        Assert.Equal("source.sources: two sources have a channel 'temp'. Rename one with \"names\": {\"temp\": \"...\"}.", message);
    }

    private static RegisterFile NewAdxl345()
    {
        RegisterFile chip = new(64);
        chip.Set(0x00, 0xE5);
        return chip;
    }

    private static SimulatedI2cDevice Expect(I2cConnectionSettings settings, int bus, int address, RegisterFile chip)
    {
        Assert.Equal((bus, address), (settings.BusId, settings.DeviceAddress));
        return new SimulatedI2cDevice(chip, settings);
    }

    private static byte Byte(RegisterFile chip, int register)
    {
        byte[] value = new byte[1];
        chip.Get(register, value);
        return value[0];
    }
}
