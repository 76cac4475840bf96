using System.Globalization;

namespace Latch.Board.Tests.Sensors;

/// <summary>What the probe answered, line by line.</summary>
internal sealed class Answers
{
    private const string SampleMark = "sample ", FailedMark = "failed ", ChannelsMark = "channels ";

    private readonly string[] _lines;

    internal Answers(string text)
    {
        _lines = text.Split('\n');
        Samples = [.. _lines.Where(static line => line.StartsWith(SampleMark, StringComparison.Ordinal)).Select(static line => Numbers(line)[1..])];
        Times = [.. _lines.Where(static line => line.StartsWith(SampleMark, StringComparison.Ordinal)).Select(static line => Numbers(line)[0] / TimeSpan.TicksPerSecond)];
        Failures = Marked(FailedMark);
        Channels = Marked(ChannelsMark);
        Others = [.. _lines.Where(static line => !new[] { SampleMark, FailedMark, ChannelsMark }.Any(mark => line.StartsWith(mark, StringComparison.Ordinal)))];
    }

    /// <summary>The readings of every sample.</summary>
    internal double[][] Samples { get; }

    /// <summary>The time of every sample, in seconds since 1970.</summary>
    internal double[] Times { get; }

    /// <summary>What failed.</summary>
    internal string[] Failures { get; }

    /// <summary>The channels of every source that was opened: name[unit], separated by blanks.</summary>
    internal string[] Channels { get; }

    /// <summary>The output of the shell's commands.</summary>
    internal string[] Others { get; }

    /// <summary>Which kinds of answer came, in their order, each run of one kind as one letter: c channels, s samples, f failure.</summary>
    internal string Course
    {
        get
        {
            string letters = string.Concat(_lines.Select(static line => line.Split(' ')[0]).Where(static word => word is "sample" or "failed" or "channels").Select(static word => word[0]));
            return string.Concat(letters.Where((letter, i) => i == 0 || letter != letters[i - 1]));
        }
    }

    /// <summary>Compares a sample with what a data sheet's formula gives, to the precision of a float.</summary>
    internal void Equal(int sample, params double[] expected)
    {
        Assert.Equal(expected.Length, Samples[sample].Length);
        for (int i = 0; i < expected.Length; i++)
            Assert.InRange(Samples[sample][i], expected[i] - Tolerance(expected[i]), expected[i] + Tolerance(expected[i]));
    }

    private static double Tolerance(double value) => 1e-6 * Math.Max(1e-3, Math.Abs(value));

    private string[] Marked(string mark) => [.. _lines.Where(line => line.StartsWith(mark, StringComparison.Ordinal)).Select(line => line[mark.Length..])];

    private static double[] Numbers(string line) => [.. line[SampleMark.Length..].Split(' ').Select(static text => double.Parse(text, CultureInfo.InvariantCulture))];
}
