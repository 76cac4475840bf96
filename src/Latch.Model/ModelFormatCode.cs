namespace Latch.Model;

/// <summary>The rules of FORMAT.md; a refused file breaks the one its exception names.</summary>
public enum ModelFormatCode
{
    /// <summary>The file cannot be opened or read.</summary>
    Unreadable,

    /// <summary>The file ends before its header, or before the data its header describes.</summary>
    Truncated,

    /// <summary>A size is beyond what the format allows.</summary>
    TooLarge,

    /// <summary>The header is not one JSON object of the form a safetensors file has.</summary>
    HeaderJson,

    /// <summary>The header has a key that the format does not know, or lacks one.</summary>
    HeaderKey,

    /// <summary>A name occurs twice.</summary>
    Duplicate,

    /// <summary>The container does not hold a latch model.</summary>
    NotLatch,

    /// <summary>The file has another format version.</summary>
    Version,

    /// <summary>A tensor's element type is not I8, I16 or I32.</summary>
    ElementType,

    /// <summary>A tensor's shape and its number of bytes disagree.</summary>
    Shape,

    /// <summary>The data or a tensor does not begin at a multiple of 64 bytes.</summary>
    Alignment,

    /// <summary>The tensors do not cover the data one after the other without hole or overlap.</summary>
    Offsets,

    /// <summary>A padding tensor is not what the format asks for.</summary>
    Padding,

    /// <summary>The data does not have the SHA-256 the header states.</summary>
    Checksum,

    /// <summary>The definition is not base64 of zlib-compressed JSON with exactly the known properties.</summary>
    Definition,

    /// <summary>A name is empty, too long or has control characters.</summary>
    Name,

    /// <summary>An input channel is not usable.</summary>
    Channel,

    /// <summary>Provenance is malformed.</summary>
    Provenance,

    /// <summary>A scale is not finite and positive, or a zero point is out of range.</summary>
    Quantization,

    /// <summary>A multiplier or a shift is out of range.</summary>
    Rescale,

    /// <summary>A number is outside the range that NUMERICS.md gives it.</summary>
    Range,

    /// <summary>A constant is missing, unused, or has another type or shape than its use asks for.</summary>
    Constant,

    /// <summary>A recurrent layer contradicts itself.</summary>
    Layer,

    /// <summary>A plan lacks what it needs or contradicts itself.</summary>
    Plan,

    /// <summary>A tensor or layer index points nowhere.</summary>
    Index,

    /// <summary>An operation's operands do not have the sizes it asks for.</summary>
    Operand,

    /// <summary>An operation reads what was not written before, or writes what must not be written.</summary>
    Order,

    /// <summary>A sum could overflow (NUMERICS.md section 8).</summary>
    Bound,

    /// <summary>A state of a plan is not carried by two tensors of the same kind, one read and one written.</summary>
    State,
}
