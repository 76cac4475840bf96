namespace Latch.Runtime;

/// <summary>The 64-bit checksum of a state: FNV-1a over whole integers instead of bytes.</summary>
public static class StateChecksum
{
    private const ulong Start = 14695981039346656037, Factor = 1099511628211;

    /// <summary>The checksum of a state as <see cref="Session.SaveState"/> writes it.</summary>
    /// <param name="state">The integers.</param>
    public static ulong Of(ReadOnlySpan<int> state)
    {
        ulong hash = Start;
        foreach (int value in state)
            hash = (hash ^ (uint)value) * Factor;
        return hash;
    }
}
