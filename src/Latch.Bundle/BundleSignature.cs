using System.Security.Cryptography;
using System.Text;

namespace Latch.Bundle;

/// <summary>manifest.sig: two lines, "key: ID" and "signature: BASE64", ECDSA P-256 with SHA-256 over the bytes of manifest.json, in DER.</summary>
internal sealed record BundleSignature(string KeyId, byte[] Value)
{
    private const string KeyLine = "key: ", ValueLine = "signature: ";
    private const int MaxBytes = 4096;

    public static BundleSignature Sign(ECDsa key, byte[] manifest) =>
        new(BundleKeys.Id(key), key.SignData(manifest, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence));

    public static BundleSignature Parse(byte[] bytes, string where)
    {
        string[] lines = bytes.Length > MaxBytes ? [] : Encoding.ASCII.GetString(bytes).Split('\n');
        if (lines is [var key, var value, ""] && key.StartsWith(KeyLine, StringComparison.Ordinal) && value.StartsWith(ValueLine, StringComparison.Ordinal)
            && key.Length == KeyLine.Length + BundleKeys.IdDigits)
        {
            byte[] signature = new byte[MaxBytes];
            if (Convert.TryFromBase64String(value[ValueLine.Length..], signature, out int count))
                return new BundleSignature(key[KeyLine.Length..], signature[..count]);
        }
        throw new BundleException(BundleErrorCode.Signature, where, "It is no signature of a bundle. Sign the bundle anew with 'latch build --sign KEY'.");
    }

    public byte[] ToBytes() => Encoding.ASCII.GetBytes($"{KeyLine}{KeyId}\n{ValueLine}{Convert.ToBase64String(Value)}\n");

    public bool Fits(ECDsa key, byte[] manifest) => key.VerifyData(manifest, Value, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence);

    /// <summary>Checks the signature by the key of its id; false when no trusted key has it.</summary>
    /// <exception cref="BundleException">A key is known, but the signature does not fit.</exception>
    public bool Verify(byte[] manifest, IEnumerable<string> keys, string where)
    {
        foreach (string path in BundleKeys.Files(keys))
        {
            using ECDsa key = BundleKeys.LoadPublic(path);
            if (BundleKeys.Id(key) != KeyId)
                continue;
            if (Fits(key, manifest))
                return true;
            throw new BundleException(
                BundleErrorCode.Signature, where, $"The signature by key {KeyId} does not fit the manifest: one of the two was changed. Copy or build the bundle anew.");
        }
        return false;
    }
}
