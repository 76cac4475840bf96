using System.Globalization;
using System.Text;

namespace Latch.Cli.Tests;

/// <summary>Small recordings for the small model.</summary>
internal static class TinySeries
{
    /// <summary>Smooth channels with some noise.</summary>
    public static string Csv(int rows, bool header = true, int channels = TinyOnnx.Channels, int seed = 1)
    {
        Random random = new(seed);
        StringBuilder text = new(header ? string.Join(',', Enumerable.Range(0, channels).Select(channel => (char)('a' + channel))) + "\n" : "");
        for (int row = 0; row < rows; row++)
            text.AppendJoin(',', Enumerable.Range(0, channels).Select(channel => Reading(row, channel, random))).Append('\n');
        return text.ToString();
    }

    private static string Reading(int row, int channel, Random random) =>
        (Math.Sin(row * (0.1 + (0.05 * channel))) + (0.1 * random.NextDouble())).ToString("0.####", CultureInfo.InvariantCulture);
}
