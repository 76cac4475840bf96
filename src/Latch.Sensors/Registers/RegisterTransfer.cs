namespace Latch.Sensors.Registers;

/// <summary>Registers that are read in one transfer, so that their readings are of one instant.</summary>
/// <param name="Address">The first register.</param>
/// <param name="Length">Bytes.</param>
/// <param name="First">Index of the first channel.</param>
/// <param name="Count">Channels; they are in order of address within the plan.</param>
/// <param name="Before">Written first; null for none.</param>
internal readonly record struct RegisterTransfer(int Address, int Length, int First, int Count, RegisterWrite? Before)
{
    /// <summary>Puts channels that lie one behind the other into one transfer.</summary>
    /// <param name="channels">In order of address, except that one with a write before it stands apart.</param>
    /// <param name="burst">Whether the device reads on.</param>
    internal static RegisterTransfer[] Plan(IReadOnlyList<RegisterChannel> channels, bool burst)
    {
        List<RegisterTransfer> transfers = [];
        for (int at = 0; at < channels.Count; at++)
        {
            RegisterChannel channel = channels[at];
            if (burst && channel.Before is null && transfers.Count > 0 && transfers[^1] is { } last && last.Address + last.Length == channel.Address)
                transfers[^1] = last with { Length = last.Length + channel.Bytes, Count = last.Count + 1 };
            else
                transfers.Add(new(channel.Address, channel.Bytes, at, 1, channel.Before));
        }

        return [.. transfers];
    }
}
