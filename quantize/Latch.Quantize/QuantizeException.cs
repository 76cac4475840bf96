namespace Latch.Quantize;

/// <summary>A model or its calibration data cannot be quantized. The message says what, where, and what to do.</summary>
public sealed class QuantizeException : Exception
{
    /// <summary>Creates the exception.</summary>
    /// <param name="detail">What is wrong and what to do.</param>
    /// <param name="node">The node concerned; empty when none is.</param>
    public QuantizeException(string detail, string node = "")
        : base(node.Length == 0 ? detail : $"node '{node}': {detail}") => Node = node;

    /// <summary>The node concerned; empty when none is.</summary>
    public string Node { get; }
}
