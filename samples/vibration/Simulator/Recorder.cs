using System.Globalization;
using System.IO.Compression;
using System.Text;

namespace Latch.Samples.Vibration;

/// <summary>Writes a scenario as a recording: what a reader of the sensor would have written, in g, with the labels of its faults beside it.</summary>
internal static class Recorder
{
    /// <summary>Header of a recording.</summary>
    public const string Header = "x,y,z";

    /// <summary>What DATA_FORMAT holds in frames and rows: full resolution at 4 g.</summary>
    private const byte DataFormat = 0x09;

    /// <summary>Writes the recording.</summary>
    /// <param name="scenario">What happens.</param>
    /// <param name="seed">Of the rig.</param>
    /// <param name="path">
    /// The recording: rows of text, compressed when it ends in .gz; bytes of the registers INT_SOURCE to DATAZ1, eight a sample, when it ends in .bin:
    /// a series for the emulated board, with a frame at the end that says there is no sample any more.
    /// It is written beside and then renamed.
    /// </param>
    /// <param name="labels">The labels as <c>latch studio</c> reads them; null for none.</param>
    public static void Write(Scenario scenario, ulong seed, string path, string? labels)
    {
        IReadOnlyList<(long Start, long End, FaultKind Kind, int Level)> faults;
        using (Stream file = File.Create(path + ".tmp"))
        using (Stream stream = path.EndsWith(".gz", StringComparison.Ordinal) ? new GZipStream(file, CompressionLevel.SmallestSize) : file)
            faults = path.EndsWith(".bin", StringComparison.Ordinal) ? WriteFrames(scenario, seed, stream) : WriteRows(scenario, seed, stream);
        File.Move(path + ".tmp", path, overwrite: true);
        if (labels is null)
            return;
        IEnumerable<string> lines = faults.Select(static fault => string.Create(
            CultureInfo.InvariantCulture, $"{fault.Start},{fault.End},{fault.Kind.ToString().ToLowerInvariant()},{Severity.Describe(fault.Kind, fault.Level)}"));
        File.WriteAllText(labels + ".tmp", string.Join('\n', ["start,end,kind,target", .. lines]) + "\n");
        File.Move(labels + ".tmp", labels, overwrite: true);
    }

    private static IReadOnlyList<(long Start, long End, FaultKind Kind, int Level)> WriteRows(Scenario scenario, ulong seed, Stream stream)
    {
        using StreamWriter writer = new(stream, new UTF8Encoding(false), leaveOpen: true) { NewLine = "\n" };
        writer.WriteLine(Header);
        return scenario.Play(seed, g => writer.WriteLine(Row(g)));
    }

    private static IReadOnlyList<(long Start, long End, FaultKind Kind, int Level)> WriteFrames(Scenario scenario, ulong seed, Stream stream)
    {
        byte[] sample = new byte[Adxl345.SampleBytes], frame = new byte[RegisterFile.FrameBytes];
        IReadOnlyList<(long Start, long End, FaultKind Kind, int Level)> faults = scenario.Play(seed, g =>
        {
            Adxl345.Encode(g, DataFormat, sample);
            RegisterFile.WriteFrame(RegisterFile.Ready, DataFormat, sample, frame);
            stream.Write(frame);
        });
        RegisterFile.WriteFrame(RegisterFile.NotReady, DataFormat, sample, frame);
        stream.Write(frame);
        return faults;
    }

    /// <summary>One row: counts at 4 g in full resolution, in g, without rounding.</summary>
    private static string Row(ReadOnlySpan<double> g) => string.Create(CultureInfo.InvariantCulture, $"{InG(g[0]):0.########},{InG(g[1]):0.########},{InG(g[2]):0.########}");

    private static double InG(double g) => Adxl345.Counts(g) / (double)Adxl345.CountsPerG;
}
