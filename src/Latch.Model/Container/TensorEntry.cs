namespace Latch.Model.Container;

/// <summary>One tensor of the header: where its bytes are in the data section.</summary>
internal readonly record struct TensorEntry(string Name, ElementType Type, IReadOnlyList<int> Shape, long Begin, long End)
{
    internal const string PaddingPrefix = "__pad.";

    internal bool IsPadding => Name.StartsWith(PaddingPrefix, StringComparison.Ordinal);
}
