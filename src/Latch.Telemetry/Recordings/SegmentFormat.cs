namespace Latch.Telemetry.Recordings;

/// <summary>Numbers of the segment file (README.md of this project has it byte by byte). Everything is little-endian.</summary>
internal static class SegmentFormat
{
    public const ushort Version = 1;

    /// <summary>Bit of the flags: a step holds its time.</summary>
    public const ushort TimesFlag = 1;

    /// <summary>Bit of the flags: the snapshot is the state after the last step of the segment before.</summary>
    public const ushort ContinuesFlag = 2;

    /// <summary>Bytes of the header in front of its lists.</summary>
    public const int FixedHeaderBytes = 88;

    /// <summary>Where the flags, the header's length, the time and the first step stand.</summary>
    public const int FlagsAt = 10, LengthAt = 12, TimeAt = 48, StepAt = 56;

    /// <summary>Kinds of forces beside those of <see cref="Latch.Runtime.GateForce"/>.</summary>
    public const byte ValueForce = 3, CutForce = 4;

    public const int TensorBytes = 8, LayerBytes = 12, ForceBytes = 12, ChecksumBytes = 8, TimeBytes = 4, CrcBytes = 4;

    /// <summary>Bytes of a chunk in front of its steps: magic, number of steps, first step.</summary>
    public const int ChunkHeaderBytes = 16;

    /// <summary>Bytes of a chunk around its steps.</summary>
    public const int ChunkOverhead = ChunkHeaderBytes + CrcBytes;

    /// <summary>Greatest numbers a reader believes.</summary>
    public const int LargestHeader = 256 << 20, LargestChunk = 2 << 20;

    /// <summary>First bytes of a segment: LATCHREC.</summary>
    public static ReadOnlySpan<byte> Magic => "LATCHREC"u8;

    /// <summary>First bytes of a chunk: CHNK.</summary>
    public static ReadOnlySpan<byte> ChunkMagic => "CHNK"u8;
}
