namespace Latch.Model;

/// <summary>The integer type of a tensor's elements, as named in the file's header (I8, I16, I32).</summary>
public enum ElementType
{
    /// <summary>Signed 8 bits.</summary>
    Int8,

    /// <summary>Signed 16 bits.</summary>
    Int16,

    /// <summary>Signed 32 bits.</summary>
    Int32,
}
