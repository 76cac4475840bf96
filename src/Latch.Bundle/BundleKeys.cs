using System.Security.Cryptography;

namespace Latch.Bundle;

/// <summary>Keys that sign bundles: ECDSA on the curve P-256, in PEM files.</summary>
public static class BundleKeys
{
    internal const int IdDigits = 16;
    private const string Curve = "1.2.840.10045.3.1.7";
    private const int Iterations = 210_000;
    private const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite, Public = Private | UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    /// <summary>Where <see cref="Create"/> puts the public key: the same name, ending in .pub.pem.</summary>
    /// <param name="privatePath">Path of the private key.</param>
    public static string PublicPath(string privatePath) => Path.ChangeExtension(privatePath, ".pub.pem");

    /// <summary>Makes a key: the private one (PKCS #8, readable by its owner only) and beside it the public one.</summary>
    /// <param name="privatePath">Path of the private key; neither file may exist.</param>
    /// <param name="passphrase">Encrypts the private key (AES-256, PBKDF2); null leaves it as it is.</param>
    /// <returns>The key's id.</returns>
    /// <exception cref="BundleException">A file exists or cannot be written.</exception>
    public static string Create(string privatePath, string? passphrase = null)
    {
        string publicPath = PublicPath(privatePath);
        foreach (string path in (string[])[privatePath, publicPath])
            if (File.Exists(path) || Directory.Exists(path))
                throw new BundleException(BundleErrorCode.Unwritable, path, "It exists, and a key is never written over. Choose another name.");
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        string pem = passphrase is null
            ? key.ExportPkcs8PrivateKeyPem()
            : key.ExportEncryptedPkcs8PrivateKeyPem(passphrase, new PbeParameters(PbeEncryptionAlgorithm.Aes256Cbc, HashAlgorithmName.SHA256, Iterations));
        Write(privatePath, pem, Private);
        try
        {
            Write(publicPath, key.ExportSubjectPublicKeyInfoPem(), Public);
        }
        catch (BundleException)
        {
            File.Delete(privatePath);
            throw;
        }
        return Id(key);
    }

    /// <summary>The first 16 hexadecimal digits of the SHA-256 of the public key's SubjectPublicKeyInfo.</summary>
    /// <param name="key">The key.</param>
    public static string Id(ECDsa key) => Convert.ToHexStringLower(SHA256.HashData(key.ExportSubjectPublicKeyInfo()))[..IdDigits];

    /// <summary>Reads a private key.</summary>
    /// <param name="path">A PEM file that only its owner may read.</param>
    /// <param name="passphrase">For an encrypted key.</param>
    /// <exception cref="BundleException">The file cannot be read, others may read it, or it is no such key.</exception>
    public static ECDsa LoadPrivate(string path, string? passphrase = null)
    {
        string pem = Read(path);
        if (!pem.Contains("PRIVATE KEY", StringComparison.Ordinal))
            throw new BundleException(BundleErrorCode.Key, path, "It holds no private key. Give the one that 'latch keygen' made, not its public part.");
        if (!OperatingSystem.IsWindows() && (File.GetUnixFileMode(path) & ~(Private | UnixFileMode.UserExecute)) != 0)
            throw new BundleException(BundleErrorCode.Key, path, $"Others may read this private key. Run 'chmod 600 {path}'.");
        bool encrypted = pem.Contains("ENCRYPTED", StringComparison.Ordinal);
        if (encrypted && passphrase is null)
            throw new BundleException(BundleErrorCode.Key, path, "The key has a passphrase. Give it.");
        return Import(path, key =>
        {
            if (encrypted)
                key.ImportFromEncryptedPem(pem, passphrase);
            else
                key.ImportFromPem(pem);
        });
    }

    /// <summary>Reads a public key.</summary>
    /// <param name="path">A PEM file.</param>
    /// <exception cref="BundleException">The file cannot be read or is no such key.</exception>
    public static ECDsa LoadPublic(string path)
    {
        string pem = Read(path);
        if (!pem.Contains("PUBLIC KEY", StringComparison.Ordinal))
            throw new BundleException(BundleErrorCode.Key, path, "It holds no public key. Put the .pub.pem file there that 'latch keygen' made.");
        return Import(path, key => key.ImportFromPem(pem));
    }

    /// <summary>The files a list of files and folders stands for.</summary>
    internal static IEnumerable<string> Files(IEnumerable<string> paths)
    {
        foreach (string path in paths)
        {
            if (!Directory.Exists(path))
            {
                yield return path;
                continue;
            }
            string[] files;
            try
            {
                files = Directory.GetFiles(path, "*.pem");
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                throw new BundleException(BundleErrorCode.Key, path, $"The folder of keys cannot be read: {exception.Message}", exception);
            }
            Array.Sort(files, StringComparer.Ordinal);
            foreach (string file in files)
                yield return file;
        }
    }

    private static ECDsa Import(string path, Action<ECDsa> import)
    {
        ECDsa key = ECDsa.Create();
        try
        {
            import(key);
            if (key.ExportParameters(includePrivateParameters: false).Curve.Oid.Value == Curve)
                return key;
        }
        catch (Exception exception) when (exception is CryptographicException or ArgumentException)
        {
            key.Dispose();
            throw new BundleException(BundleErrorCode.Key, path, $"It is no usable key: {exception.Message} Is the file damaged, or the passphrase wrong?", exception);
        }
        key.Dispose();
        throw new BundleException(BundleErrorCode.Key, path, "The key is not on the curve P-256. Make one with 'latch keygen'.");
    }

    private static string Read(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            string reason = exception is FileNotFoundException or DirectoryNotFoundException ? "there is no such file. Check the path." : exception.Message;
            throw new BundleException(BundleErrorCode.Key, path, $"The key cannot be read: {reason}", exception);
        }
    }

    private static void Write(string path, string pem, UnixFileMode mode)
    {
        try
        {
            FileStreamOptions options = new() { Mode = FileMode.CreateNew, Access = FileAccess.Write, Share = FileShare.None };
            if (!OperatingSystem.IsWindows())
                options.UnixCreateMode = mode;
            using StreamWriter writer = new(path, options);
            writer.Write(pem);
            writer.Write('\n');
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new BundleException(BundleErrorCode.Unwritable, path, $"The key cannot be written: {exception.Message} Choose another path or make it writable.", exception);
        }
    }
}
