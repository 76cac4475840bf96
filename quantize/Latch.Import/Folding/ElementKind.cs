namespace Latch.Import.Folding;

/// <summary>What a value's elements are in the source file, weakest promise first. In the float model all of them are real numbers.</summary>
internal enum ElementKind
{
    /// <summary>Floats.</summary>
    Real,

    /// <summary>
    /// Floats that may become integers without rounding: those of an input, or integers cast to floats, moved but not computed with. An input that the file
    /// casts to integers is taken to hold whole numbers.
    /// </summary>
    Given,

    /// <summary>Integers.</summary>
    Integer,

    /// <summary>Truth values: 0 or 1.</summary>
    Truth,
}
