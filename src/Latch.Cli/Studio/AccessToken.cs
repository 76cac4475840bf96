using System.Net;
using System.Security.Cryptography;
using Latch.Cli.Data;

namespace Latch.Cli.Studio;

/// <summary>The secret that others than this machine must show.</summary>
internal static class AccessToken
{
    private const int Bytes = 24;
    private const int Shortest = 16;

    /// <summary>A token for an address: the file's, or a new one where others can reach it; null where none is needed.</summary>
    /// <exception cref="CommandException">The file cannot be read, or its token is too short or not plain.</exception>
    public static string? For(IPAddress address, string? path)
    {
        if (path is null)
            return IPAddress.IsLoopback(address) ? null : Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(Bytes));
        string token = SourceErrors.Guard(path, () => File.ReadAllText(path)).Trim();
        return token.Length >= Shortest && token.All(char.IsAsciiLetterOrDigit)
            ? token
            : throw CommandException.BadInput($"{path}: a token is one line of at least {Shortest} letters and digits. Make one with: openssl rand -hex {Bytes}");
    }
}
