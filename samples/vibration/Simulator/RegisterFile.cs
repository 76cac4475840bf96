using Microsoft.Win32.SafeHandles;

namespace Latch.Samples.Vibration;

/// <summary>The registers of an ADXL345 in a file of 256 bytes, or a chip of the emulated board: a folder with the files registers, play and played.</summary>
/// <remarks>
/// Only what the chip itself writes is written: data, interrupt source, and once, when the chip has no power yet, the reset values.
/// A chip of the emulated board is given each sample when the one before was read, and DATA_READY is cleared by that, so that none is read twice or lost, as with
/// the chip's FIFO. The adapter sees that a sample is read when INT_SOURCE is: a driver reads the data after it.
/// </remarks>
internal sealed class RegisterFile : IDisposable
{
    /// <summary>DEVID, DATA_FORMAT and the other registers by their addresses.</summary>
    internal const byte DeviceId = 0x00, RateRegister = 0x2C, PowerControl = 0x2D, InterruptSource = 0x30, DataFormat = 0x31, Data = 0x32;

    /// <summary>INT_SOURCE with and without a sample that was not read.</summary>
    internal const byte Ready = 0x82, NotReady = 0x02;

    /// <summary>Bytes of a frame of a series: INT_SOURCE, DATA_FORMAT and the data.</summary>
    internal const int FrameBytes = 2 + Adxl345.SampleBytes;

    private const byte Id = 0xE5, HundredHz = 0x0A, Measure = 0x08;
    private const int SeriesHeader = 8;
    private readonly SafeFileHandle _file;
    private readonly byte[] _sample = new byte[Adxl345.SampleBytes];
    private readonly byte[] _one = new byte[1];
    private readonly byte[] _series = new byte[SeriesHeader + (2 * FrameBytes)];
    private readonly string _path;
    private readonly string? _chip;
    private bool _given;

    /// <summary>Opens the file and powers the chip, unless it is.</summary>
    /// <param name="path">The file or folder; it must exist.</param>
    /// <exception cref="IOException">The file cannot be opened or written.</exception>
    /// <exception cref="UnauthorizedAccessException">The user may not.</exception>
    public RegisterFile(string path)
    {
        _chip = Directory.Exists(path) ? path : null;
        _path = _chip is null ? path : Path.Combine(path, "registers");
        _file = File.OpenHandle(_path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
        if (Read(DeviceId) == Id)
            return;
        Span<byte> reset = stackalloc byte[0x3A];
        reset.Clear();
        (reset[DeviceId], reset[RateRegister], reset[InterruptSource]) = (Id, HundredHz, NotReady);
        RandomAccess.Write(_file, reset, 0);
    }

    /// <summary>Whether the driver has switched the chip from standby to measuring.</summary>
    public bool IsMeasuring => (Read(PowerControl) & Measure) != 0;

    /// <summary>Whether samples are given as they are read rather than by the clock.</summary>
    public bool FollowsReads => _chip is not null;

    /// <summary>Whether the last sample given was read, where samples are given as they are read.</summary>
    public bool IsRead => !_given || File.ReadAllText(Path.Combine(_chip!, "played")).Trim() != "0";

    /// <summary>Writes one sample as the chip would, in the format its driver has set; a chip in standby keeps the last one.</summary>
    /// <param name="g">x, y, z in g.</param>
    /// <returns>Whether the sample was written.</returns>
    /// <exception cref="SimulatorException">The driver has set another data rate.</exception>
    public bool Write(ReadOnlySpan<double> g)
    {
        if (!IsMeasuring)
            return false;
        if ((Read(RateRegister) & 0x0F) is int rate && rate != HundredHz)
            throw new SimulatorException($"{_path}: BW_RATE (0x2C) asks for rate code 0x{rate:X}, but this machine is sampled at 100 Hz only. Write 0x0A.");
        Adxl345.Encode(g, Read(DataFormat), _sample);
        if (_chip is not null)
            return Give();
        RandomAccess.Write(_file, _sample, Data);
        _one[0] = Ready;
        RandomAccess.Write(_file, _one, InterruptSource);
        return true;
    }

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();

    /// <summary>
    /// A series as the emulated adapter takes it: register, bytes of a frame, no repeat, 0, number of frames, frames. There are two: the sample, and what stands
    /// there once it was read.
    /// </summary>
    private bool Give()
    {
        (_series[0], _series[1], _series[4]) = (InterruptSource, FrameBytes, 2);
        byte format = Read(DataFormat);
        WriteFrame(Ready, format, _sample, _series.AsSpan(SeriesHeader));
        WriteFrame(NotReady, format, _sample, _series.AsSpan(SeriesHeader + FrameBytes));
        using SafeFileHandle play = File.OpenHandle(Path.Combine(_chip!, "play"), FileMode.Open, FileAccess.Write, FileShare.ReadWrite);
        RandomAccess.Write(play, _series, 0);
        return _given = true;
    }

    /// <summary>The registers from INT_SOURCE to DATAZ1.</summary>
    internal static void WriteFrame(byte interruptSource, byte dataFormat, ReadOnlySpan<byte> sample, Span<byte> destination)
    {
        (destination[0], destination[1]) = (interruptSource, dataFormat);
        sample.CopyTo(destination[2..]);
    }

    private byte Read(byte register)
    {
        if (RandomAccess.Read(_file, _one, register) != 1)
            throw new IOException($"{_path}: there is no register 0x{register:X2}; the file must have 256 bytes.");
        return _one[0];
    }
}
