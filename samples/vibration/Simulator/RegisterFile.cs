using Microsoft.Win32.SafeHandles;

namespace Latch.Samples.Vibration;

/// <summary>The registers of an ADXL345 in a file of 256 bytes, or a chip of the emulated board: a folder with the files registers, play and played.</summary>
/// <remarks>
/// Only what the chip itself writes is written: data, interrupt source, and once, when the chip has no power yet, the reset values.
/// A chip of the emulated board is given each sample when the one before was read, so that none is read twice or lost, as with the chip's FIFO.
/// </remarks>
internal sealed class RegisterFile : IDisposable
{
    /// <summary>DEVID, DATA_FORMAT and the other registers by their addresses.</summary>
    internal const byte DeviceId = 0x00, RateRegister = 0x2C, PowerControl = 0x2D, InterruptSource = 0x30, DataFormat = 0x31, Data = 0x32;

    private const byte Id = 0xE5, HundredHz = 0x0A, Measure = 0x08, DataReady = 0x80;
    private const int SeriesHeader = 8;
    private readonly SafeFileHandle _file;
    private readonly byte[] _sample = new byte[Adxl345.SampleBytes];
    private readonly byte[] _one = new byte[1];
    private readonly byte[] _series = new byte[SeriesHeader + Adxl345.SampleBytes];
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
        (reset[DeviceId], reset[RateRegister], reset[InterruptSource]) = (Id, HundredHz, 0x02);
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
        _one[0] = DataReady | 0x02;
        RandomAccess.Write(_file, _one, InterruptSource);
        return true;
    }

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();

    /// <summary>A series of one frame, as the emulated adapter takes it: register, bytes of a frame, no repeat, 0, number of frames, the frame.</summary>
    private bool Give()
    {
        (_series[0], _series[1], _series[4]) = (Data, Adxl345.SampleBytes, 1);
        _sample.CopyTo(_series, SeriesHeader);
        using SafeFileHandle play = File.OpenHandle(Path.Combine(_chip!, "play"), FileMode.Open, FileAccess.Write, FileShare.ReadWrite);
        RandomAccess.Write(play, _series, 0);
        return _given = true;
    }

    private byte Read(byte register)
    {
        if (RandomAccess.Read(_file, _one, register) != 1)
            throw new IOException($"{_path}: there is no register 0x{register:X2}; the file must have 256 bytes.");
        return _one[0];
    }
}
