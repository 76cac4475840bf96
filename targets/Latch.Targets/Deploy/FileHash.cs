using System.Security.Cryptography;

namespace Latch.Targets.Deploy;

/// <summary>What a file here is compared by with one on a board.</summary>
internal static class FileHash
{
    /// <summary>SHA-256, 64 lower-case hexadecimal digits, as sha256sum prints it.</summary>
    public static string Of(string path)
    {
        using FileStream file = File.OpenRead(path);
        return Convert.ToHexStringLower(SHA256.HashData(file));
    }
}
