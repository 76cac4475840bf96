using System.Globalization;

namespace Latch.Sensors;

/// <summary>What an error number of Linux means for someone with a device on a bus.</summary>
internal static class DeviceErrors
{
    internal const int NoSuchFile = 2;
    internal const int Interrupted = 4;
    internal const int InputOutput = 5;
    internal const int NoAddress = 6;
    internal const int TryAgain = 11;
    internal const int NoPermission = 13;
    internal const int Busy = 16;
    internal const int NoDevice = 19;
    internal const int TimedOut = 110;
    internal const int RemoteInputOutput = 121;

    /// <summary>The error number at the head of a message of System.Device.Gpio ("Error 121 (Remote I/O error) ..."); 0 when there is none.</summary>
    internal static int Number(Exception exception)
    {
        const string Head = "Error ";
        string message = exception.Message;
        if (exception is UnauthorizedAccessException)
            return NoPermission;
        if (!message.StartsWith(Head, StringComparison.Ordinal))
            return 0;
        int end = Head.Length;
        while (end < message.Length && char.IsAsciiDigit(message[end]))
            end++;
        return int.TryParse(message.AsSpan(Head.Length, end - Head.Length), CultureInfo.InvariantCulture, out int number) ? number : 0;
    }
}
