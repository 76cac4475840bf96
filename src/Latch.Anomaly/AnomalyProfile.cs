using System.Text;
using Latch.Model;

namespace Latch.Anomaly;

/// <summary>What ordinary residuals look like: learnt from a training series and its forecasts, stored as JSON beside the model.</summary>
public sealed class AnomalyProfile
{
    private readonly ChannelResidual[] _residuals;
    private readonly TailModel[] _tails; // [channel, reason]

    internal AnomalyProfile(
        string[] channels, double sampleRate, DetectorSettings settings, ChannelResidual[] residuals, TailModel[] tails, AlarmRateModel alarmRate)
    {
        Channels = channels;
        SampleRate = sampleRate;
        Settings = settings;
        _residuals = residuals;
        _tails = tails;
        AlarmRate = alarmRate;
    }

    /// <summary>Names of the channels, in the order of the readings.</summary>
    public IReadOnlyList<string> Channels { get; }

    /// <summary>Samples per second, in Hz.</summary>
    public double SampleRate { get; }

    /// <summary>Windows and alarm rules the tails were learnt with.</summary>
    public DetectorSettings Settings { get; }

    /// <summary>Alarms per hour as a function of the threshold, on training steps scored by what the rest of the training taught.</summary>
    public AlarmRateModel AlarmRate { get; }

    /// <summary>Residual of each channel in training.</summary>
    public ReadOnlySpan<ChannelResidual> Residuals => _residuals;

    /// <summary>Tails by channel, and within it by <see cref="AlarmReason"/>.</summary>
    internal ReadOnlySpan<TailModel> Tails => _tails;

    /// <summary>Learns a profile.</summary>
    /// <param name="channels">Names of the channels.</param>
    /// <param name="sampleRate">Samples per second, in Hz.</param>
    /// <param name="observed">The training series, row by row: one reading per channel and step, NaN where missing.</param>
    /// <param name="forecasts">For each step the forecast of that very step (made one step before), laid out alike; NaN where there is none.</param>
    /// <param name="settings">Windows and alarm rules; the usual ones when null.</param>
    /// <exception cref="ArgumentException">Lengths do not fit, a value is infinite, the settings break a rule, or there are too few steps.</exception>
    public static AnomalyProfile Fit(
        IReadOnlyList<string> channels, double sampleRate, ReadOnlySpan<float> observed, ReadOnlySpan<float> forecasts, DetectorSettings? settings = null) =>
        new ProfileFitter(channels, sampleRate, settings ?? new DetectorSettings()).Fit(observed, forecasts);

    /// <summary>The score at which alarms start so that training-like data raises this many alarms per hour.</summary>
    /// <param name="alarmsPerHour">Above zero.</param>
    public double Threshold(double alarmsPerHour)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(alarmsPerHour);
        return AlarmRate.Threshold(alarmsPerHour);
    }

    /// <summary>Writes the profile as JSON, beside its final name first.</summary>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public void Save(string path) => WholeFile.Write(path, stream => stream.Write(Encoding.UTF8.GetBytes(ProfileJson.Write(this))));

    /// <summary>Reads and checks a profile.</summary>
    /// <exception cref="AnomalyProfileException">The file cannot be read, is not a profile, or a value is out of its range.</exception>
    public static AnomalyProfile Load(string path)
    {
        try
        {
            return Read(File.ReadAllBytes(path), path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new AnomalyProfileException(path, e is FileNotFoundException or DirectoryNotFoundException ? "there is no such file. Check the path." : $"cannot be opened. {e.Message}", e);
        }
    }

    /// <summary>Reads and checks a profile held in memory.</summary>
    /// <param name="file">All bytes of its file, JSON in UTF-8.</param>
    /// <param name="path">The file, for messages.</param>
    /// <exception cref="AnomalyProfileException">It is not a profile, or a value is out of its range.</exception>
    public static AnomalyProfile Read(ReadOnlySpan<byte> file, string path) =>
        ProfileJson.Read(Encoding.UTF8.GetString(file.StartsWith(Encoding.UTF8.Preamble) ? file[Encoding.UTF8.Preamble.Length..] : file), path);

    internal double Score(ReadOnlySpan<double> statistics, out int highestAt)
    {
        double highest = double.NegativeInfinity;
        highestAt = 0;
        for (int i = 0; i < statistics.Length; i++)
        {
            double score = _tails[i].Score(statistics[i]);
            if (score > highest)
                (highest, highestAt) = (score, i);
        }

        return highest;
    }
}
