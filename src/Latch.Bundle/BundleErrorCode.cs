namespace Latch.Bundle;

/// <summary>Why a model bundle is refused.</summary>
public enum BundleErrorCode
{
    /// <summary>A file or folder cannot be read.</summary>
    Unreadable,

    /// <summary>The manifest or another file of the bundle does not say what it must.</summary>
    Malformed,

    /// <summary>There is no signature, and unsigned models are not allowed.</summary>
    Unsigned,

    /// <summary>The signature is by a key that is not trusted here.</summary>
    UnknownKey,

    /// <summary>The signature does not fit the manifest.</summary>
    Signature,

    /// <summary>A file of the manifest is not there.</summary>
    MissingFile,

    /// <summary>A file is there that the manifest does not name.</summary>
    ExtraFile,

    /// <summary>A file is not the one of the manifest.</summary>
    Changed,

    /// <summary>The bundle is older than the one installed.</summary>
    Older,

    /// <summary>A key file cannot be used.</summary>
    Key,

    /// <summary>The golden vectors cannot be made, or are of another model.</summary>
    Golden,

    /// <summary>A file or folder cannot be written, or is there and is not written over.</summary>
    Unwritable,
}
