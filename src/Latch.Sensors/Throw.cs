using System.Diagnostics.CodeAnalysis;

namespace Latch.Sensors;

internal static class Throw
{
    internal static void IfWrongLength(ReadOnlySpan<float> sample, IReadOnlyList<SensorChannel> channels)
    {
        if (sample.Length != channels.Count)
            WrongLength(sample.Length, channels.Count);
    }

    [DoesNotReturn]
    private static void WrongLength(int actual, int expected) =>
        throw new ArgumentException($"The sample has room for {actual} readings, but the source has {expected} channels.", "sample");
}
