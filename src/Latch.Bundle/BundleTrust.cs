namespace Latch.Bundle;

/// <summary>Which bundles are accepted.</summary>
public sealed record BundleTrust
{
    /// <summary>Files of public keys (PEM), or folders whose *.pem files are such.</summary>
    public IReadOnlyList<string> Keys { get; init; } = [];

    /// <summary>Accepts a bundle without a signature, or signed by a key that is not known. A signature by a known key must fit even then.</summary>
    public bool AllowUnsigned { get; init; }

    /// <summary>Accepts a bundle older than <see cref="InstalledVersion"/>.</summary>
    public bool AllowOlder { get; init; }

    /// <summary>Version of the bundle that is installed; null for none.</summary>
    public int? InstalledVersion { get; init; }
}
