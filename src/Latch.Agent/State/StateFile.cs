using System.Buffers;
using System.Buffers.Binary;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using Latch.Agent.Configuration;
using Latch.Runtime;

namespace Latch.Agent.State;

/// <summary>
/// The file a state is kept in over a restart, little-endian: magic, time (8 bytes), profile hash (8), fingerprint (64 ASCII digits), three lengths (4 each), padding (4), the
/// session's integers (4 each), the result (4 each), the detector (8 each), padding to 4 bytes, and the checksum of all before it (8).
/// </summary>
internal static class StateFile
{
    private const int Digits = 8, FingerprintBytes = 64, HeaderBytes = 8 + 8 + 8 + FingerprintBytes + 16, MaxLength = 1 << 26;

    private static readonly SearchValues<char> s_hexadecimal = SearchValues.Create("0123456789abcdef");

    private static ReadOnlySpan<byte> Magic => "LATCHST1"u8;

    /// <summary>The file of one model: a model on trial must not take the place of the state that a rollback goes on from.</summary>
    /// <param name="file">The file that the configuration names.</param>
    /// <param name="fingerprint">Its first eight digits stand before the ending.</param>
    public static string PathOf(string file, string fingerprint) => Path.ChangeExtension(file, null) + $"-{fingerprint[..Digits]}" + Path.GetExtension(file);

    /// <summary>Writes beside, flushes to the disk, and puts the new file in the place of the old one. Of the files of other models the newest is kept.</summary>
    /// <param name="file">The file that the configuration names.</param>
    /// <param name="image">The state.</param>
    /// <exception cref="IOException">The file cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be written.</exception>
    public static void Write(string file, StateImage image)
    {
        string path = PathOf(file, image.Fingerprint);
        WriteWhole(path, image);
        foreach (string old in Others(file, path).OrderByDescending(File.GetLastWriteTimeUtc).Skip(1))
            File.Delete(old);
    }

    /// <summary>Reads a state for a model.</summary>
    /// <param name="options">The file and how old it may be.</param>
    /// <param name="fingerprint">The model that runs.</param>
    /// <param name="now">The time of day.</param>
    /// <param name="refusal">Why there is no state to go on from.</param>
    /// <returns>The state; null when it is refused.</returns>
    public static StateImage? Read(StateOptions options, string fingerprint, DateTimeOffset now, out string refusal)
    {
        string path = PathOf(options.File, fingerprint);
        byte[] bytes;
        try
        {
            bytes = File.ReadAllBytes(path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            refusal = exception is FileNotFoundException or DirectoryNotFoundException ? "there is none" : $"{path} cannot be read: {exception.Message}";
            return null;
        }

        if (Parse(bytes) is not { } image)
        {
            refusal = $"{path} is damaged";
            return null;
        }

        double age = (now - DateTimeOffset.FromUnixTimeMilliseconds(image.Time)).TotalSeconds;
        refusal = image.Fingerprint != fingerprint ? $"{path} is of the model {image.Fingerprint[..8]}, not {fingerprint[..8]}"
            : options.MaxAgeSeconds > 0 && age > options.MaxAgeSeconds ? string.Create(CultureInfo.InvariantCulture, $"{path} is {age:0} s old, more than the {options.MaxAgeSeconds:0} s allowed")
            : options.MaxAgeSeconds > 0 && age < -options.MaxAgeSeconds ? $"{path} is from the future; is the clock right?"
            : "";
        return refusal.Length == 0 ? image : null;
    }

    internal static byte[] ToBytes(StateImage image)
    {
        byte[] bytes = new byte[Length(image.Session.Length, image.Result.Length, image.Detector.Length)];
        Magic.CopyTo(bytes);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(8), image.Time);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(16), image.ProfileHash);
        Encoding.ASCII.GetBytes(image.Fingerprint, bytes.AsSpan(24));
        Span<byte> rest = bytes.AsSpan(24 + FingerprintBytes);
        BinaryPrimitives.WriteInt32LittleEndian(rest, image.Session.Length);
        BinaryPrimitives.WriteInt32LittleEndian(rest[4..], image.Result.Length);
        BinaryPrimitives.WriteInt32LittleEndian(rest[8..], image.Detector.Length);
        rest = Put(bytes.AsSpan(HeaderBytes), MemoryMarshal.AsBytes(image.Session.AsSpan()));
        rest = Put(rest, MemoryMarshal.AsBytes(image.Result.AsSpan()));
        Put(rest, MemoryMarshal.AsBytes(image.Detector.AsSpan()));
        BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(bytes.Length - 8), ChecksumOf(bytes));
        return bytes;
    }

    internal static StateImage? Parse(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < HeaderBytes + 8 || !bytes.StartsWith(Magic))
            return null;
        ReadOnlySpan<byte> lengths = bytes[(24 + FingerprintBytes)..];
        int session = BinaryPrimitives.ReadInt32LittleEndian(lengths), result = BinaryPrimitives.ReadInt32LittleEndian(lengths[4..]);
        int detector = BinaryPrimitives.ReadInt32LittleEndian(lengths[8..]);
        if (session is < 0 or > MaxLength || result is < 0 or > MaxLength || detector is < 0 or > MaxLength || Length(session, result, detector) != bytes.Length)
            return null;
        if (BinaryPrimitives.ReadUInt64LittleEndian(bytes[^8..]) != ChecksumOf(bytes))
            return null;
        ReadOnlySpan<byte> rest = bytes[HeaderBytes..];
        return new StateImage
        {
            Time = BinaryPrimitives.ReadInt64LittleEndian(bytes[8..]),
            ProfileHash = BinaryPrimitives.ReadUInt64LittleEndian(bytes[16..]),
            Fingerprint = Encoding.ASCII.GetString(bytes.Slice(24, FingerprintBytes)),
            Session = [.. MemoryMarshal.Cast<byte, int>(rest[..(4 * session)])],
            Result = [.. MemoryMarshal.Cast<byte, float>(rest.Slice(4 * session, 4 * result))],
            Detector = [.. MemoryMarshal.Cast<byte, double>(rest.Slice(4 * (session + result), 8 * detector))],
        };
    }

    private static IEnumerable<string> Others(string file, string path)
    {
        string beginning = Path.GetFileNameWithoutExtension(file) + "-";
        return Directory.EnumerateFiles(Path.GetDirectoryName(path)!, $"{beginning}*{Path.GetExtension(file)}")
            .Where(other => other != path && Path.GetFileNameWithoutExtension(other).AsSpan(beginning.Length) is { Length: Digits } digits && !digits.ContainsAnyExcept(s_hexadecimal));
    }

    private static void WriteWhole(string path, StateImage image)
    {
        string beside = path + ".new";
        using (FileStream file = new(beside, FileMode.Create, FileAccess.Write, FileShare.None))
        {
            file.Write(ToBytes(image));
            file.Flush(flushToDisk: true);
        }

        File.Move(beside, path, overwrite: true);
    }

    // All parts are multiples of 4 bytes: the boards and hosts this runs on are little-endian.
    private static int Length(int session, int result, int detector) => checked(HeaderBytes + (4 * (session + result)) + (8 * detector) + 8);

    private static ulong ChecksumOf(ReadOnlySpan<byte> bytes) => StateChecksum.Of(MemoryMarshal.Cast<byte, int>(bytes[..^8]));

    private static Span<byte> Put(Span<byte> rest, ReadOnlySpan<byte> part)
    {
        part.CopyTo(rest);
        return rest[part.Length..];
    }
}
