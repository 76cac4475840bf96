namespace Latch.Model.Container;

/// <summary>Limits and fixed texts of the container.</summary>
internal static class Format
{
    internal const int Alignment = 64;
    internal const int MaxFileBytes = 1 << 30;
    internal const int MaxHeaderBytes = 1 << 24;
    internal const int MaxDefinitionBytes = 1 << 24;
    internal const int MaxRank = 8;
    internal const int MaxStridedRank = 16;
    internal const int MaxNameLength = 256;

    internal const string Metadata = "__metadata__";
    internal const string FormatKey = "format";
    internal const string VersionKey = "version";
    internal const string ChecksumKey = "sha256";
    internal const string DefinitionKey = "definition";
    internal const string FormatName = "latch";
    internal const string Version = "1";

    internal static int ElementSize(ElementType type) => type switch { ElementType.Int8 => 1, ElementType.Int16 => 2, _ => 4 };

    internal static string TypeName(ElementType type) => type switch { ElementType.Int8 => "I8", ElementType.Int16 => "I16", _ => "I32" };

    internal static int PaddingAfter(long length) => (int)(-length & (Alignment - 1));
}
