using System.Diagnostics;

namespace Latch.Mqtt.Tests;

/// <summary>Waits for what comes from elsewhere.</summary>
internal static class Wait
{
    public static void Until(Func<bool> condition, string what, int seconds = 30)
    {
        long start = Stopwatch.GetTimestamp();
        while (!condition())
        {
            Assert.True(Stopwatch.GetElapsedTime(start).TotalSeconds < seconds, $"Waited {seconds} s for {what}.");
            Thread.Sleep(20);
        }
    }
}
