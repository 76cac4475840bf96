using Latch.Samples.Vibration;

namespace Latch.EndToEnd.Tests.Vibration;

/// <summary>The simulated ADXL345 against its data sheet's figures and register layout.</summary>
public sealed class SensorTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("latch-vibration-test-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    // DATA_FORMAT: FULL_RES 0x08, left justified 0x04, range 0 to 3. Sensitivity: 256 counts a g in full resolution, else 256, 128, 64, 32.
    [Theory]
    [InlineData(0x09, 1.0, "0001")]
    [InlineData(0x09, -1.0, "00FF")]
    [InlineData(0x09, -0.00390625, "FFFF")]
    [InlineData(0x09, 0.0, "0000")]
    [InlineData(0x09, 5.0, "FF03")]
    [InlineData(0x09, -5.0, "00FC")]
    [InlineData(0x0B, 20.0, "FF0F")]
    [InlineData(0x0B, -20.0, "00F0")]
    [InlineData(0x00, 1.0, "0001")]
    [InlineData(0x01, 1.0, "8000")]
    [InlineData(0x02, 1.0, "4000")]
    [InlineData(0x03, 1.0, "2000")]
    [InlineData(0x03, -16.0, "00FE")]
    [InlineData(0x0D, 1.0, "0020")]
    [InlineData(0x0F, 1.0, "0008")]
    [InlineData(0x04, -1.0, "00C0")]
    public void Encode_DataFormat_BytesOfTheDataSheet(int format, double g, string expected)
    {
        byte[] bytes = new byte[6];
        Adxl345.Encode([0, g, 0], (byte)format, bytes);
        Assert.Equal("0000" + expected + "0000", Convert.ToHexString(bytes));
    }

    [Fact]
    public void Sensor_AtRest_NoiseAndGravityOfTheDataSheet()
    {
        Adxl345 sensor = new(seed: 5);
        double[] sum = new double[3], squares = new double[3];
        const int Settle = 200, Samples = 20_000;
        for (int sample = 0; sample < Settle + Samples; sample++)
        {
            for (int step = 0; step < Machine.StepsPerSecond / 100; step++)
                sensor.Feel(default, load: 0);
            for (int axis = 0; axis < 3 && sample >= Settle; axis++)
                (sum[axis], squares[axis]) = (sum[axis] + sensor.G[axis], squares[axis] + (sensor.G[axis] * sensor.G[axis]));
        }

        double[] mean = [.. sum.Select(static s => s / Samples)];
        double[] counts = [.. squares.Select((s, axis) => 256 * Math.Sqrt((s / Samples) - (mean[axis] * mean[axis])))];
        // The density over the noise bandwidth of a Butterworth of fourth order, 1.026 of its corner; below 0.75 and 1.1 counts of the specification.
        Assert.Equal(256 * 290e-6 * Math.Sqrt(1.026 * 50), counts[0], 0.02);
        Assert.Equal(256 * 290e-6 * Math.Sqrt(1.026 * 50), counts[1], 0.02);
        Assert.Equal(256 * 430e-6 * Math.Sqrt(1.026 * 50), counts[2], 0.03);
        Assert.Equal(1, mean[1] - mean[0], 0.05);
        Assert.Equal(0, mean[2], 0.05);
    }

    [Theory]
    [InlineData(10, 1.0, 0.01)]
    [InlineData(50, 0.7071, 0.01)]
    [InlineData(200, 0.0039, 0.001)]
    public void LowPass_Sine_ButterworthOfFourthOrder(double hz, double gain, double tolerance)
    {
        LowPass filter = new();
        double peak = 0;
        for (int step = 0; step < 2 * Machine.StepsPerSecond; step++)
        {
            double value = filter.Step(Math.Sin(2 * Math.PI * hz * step / Machine.StepsPerSecond));
            peak = step > Machine.StepsPerSecond ? Math.Max(peak, Math.Abs(value)) : 0;
        }

        Assert.Equal(gain, peak, tolerance);
    }

    [Fact]
    public void RegisterFile_ChipInStandby_WritesNothingUntilMeasuring()
    {
        string path = Registers();
        using RegisterFile file = new(path);
        Assert.Equal(0xE5, File.ReadAllBytes(path)[0x00]);
        Assert.Equal(0x0A, File.ReadAllBytes(path)[0x2C]);
        Assert.False(file.Write([1, 1, 1]));
        Poke(path, 0x31, 0x09);
        Poke(path, 0x2D, 0x08);
        Assert.True(file.Write([1, -1, 0.5]));
        byte[] registers = File.ReadAllBytes(path);
        Assert.Equal("000100FF8000", Convert.ToHexString(registers, 0x32, 6));
        Assert.Equal(0x09, registers[0x31]);
        Assert.Equal(0x80, registers[0x30] & 0x80);
        Assert.Equal(256, registers.Length);
    }

    [Fact]
    public void RegisterFile_ChipThatHasPower_KeepsWhatItsDriverSet()
    {
        string path = Registers();
        using (new RegisterFile(path))
        {
        }

        Poke(path, 0x2D, 0x08);
        using RegisterFile again = new(path);
        Assert.True(again.IsMeasuring);
    }

    [Fact]
    public void RegisterFile_ChipOfTheEmulatedBoard_ASampleForEachReadAndReadyClearedByIt()
    {
        string registers = Registers();
        File.Move(registers, Path.Combine(_folder, "registers"));
        File.WriteAllText(Path.Combine(_folder, "play"), "");
        File.WriteAllText(Path.Combine(_folder, "played"), "0\n");
        using RegisterFile chip = new(_folder);
        Poke(Path.Combine(_folder, "registers"), 0x31, 0x09);
        Poke(Path.Combine(_folder, "registers"), 0x2D, 0x08);
        Assert.True(chip.FollowsReads);
        Assert.True(chip.IsRead);
        Assert.True(chip.Write([1, -1, 0.5]));
        Assert.Equal("3008000002000000" + "8209000100FF8000" + "0209000100FF8000", Convert.ToHexString(File.ReadAllBytes(Path.Combine(_folder, "play"))));
        Assert.False(chip.IsRead);
        File.WriteAllText(Path.Combine(_folder, "played"), "1\n");
        Assert.True(chip.IsRead);
    }

    [Fact]
    public void RegisterFile_AnotherDataRate_ErrorNamesIt()
    {
        string path = Registers();
        using RegisterFile file = new(path);
        Poke(path, 0x2D, 0x08);
        Poke(path, 0x2C, 0x0F);
        SimulatorException error = Assert.Throws<SimulatorException>(() => file.Write([0, 0, 0]));
        Assert.Contains("0xF", error.Message, StringComparison.Ordinal);
        Assert.Contains("Write 0x0A", error.Message, StringComparison.Ordinal);
    }

    private string Registers()
    {
        string path = Path.Combine(_folder, "regs_53");
        File.WriteAllBytes(path, new byte[256]);
        return path;
    }

    private static void Poke(string path, int register, byte value)
    {
        using FileStream stream = new(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite);
        stream.Position = register;
        stream.WriteByte(value);
    }
}
