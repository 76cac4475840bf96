namespace Latch.Import.Graph;

/// <summary>
/// Where a window lies along each spatial axis (one or two): output element p sees input elements p Stride + k Dilation - Before for k = 0 .. kernel - 1;
/// what lies outside of the input is zero (or does not count, when pooling).
/// </summary>
/// <param name="Strides">Distance between windows, one per spatial axis.</param>
/// <param name="Dilations">Distance between a window's elements, one per spatial axis.</param>
/// <param name="Before">Padding before the first element, one per spatial axis.</param>
/// <param name="After">Padding after the last element, one per spatial axis.</param>
public sealed record WindowGeometry(int[] Strides, int[] Dilations, int[] Before, int[] After);

/// <summary>Convolution (cross-correlation, as ONNX has it) over one or two spatial axes.</summary>
/// <param name="Name">Unique in the model.</param>
/// <param name="Input">The value read: [N,C,L] or [N,C,H,W]; N is 1, or the steps where every step is taken by itself.</param>
/// <param name="Output">The value written: [N,O,L'] or [N,O,H',W'].</param>
/// <param name="Weights">[O,C/Groups,K] or [O,C/Groups,KH,KW].</param>
/// <param name="Bias">[O], or null for none.</param>
/// <param name="Window">Where the windows lie.</param>
/// <param name="Groups">Number of groups of channels; a divisor of C and O.</param>
public sealed record ConvNode(string Name, string Input, string Output, FloatTensor Weights, FloatTensor? Bias, WindowGeometry Window, int Groups) : GraphNode(Name)
{
    /// <inheritdoc/>
    public override IReadOnlyList<string> Inputs => [Input];

    /// <inheritdoc/>
    public override IReadOnlyList<string> Outputs => [Output];
}

/// <summary>
/// Transposed convolution over one or two spatial axes: input element p adds to output elements p Stride + k Dilation - Before. The output's shape holds
/// the output padding.
/// </summary>
/// <param name="Name">Unique in the model.</param>
/// <param name="Input">The value read: [N,C,L] or [N,C,H,W]; N is 1, or the steps where every step is taken by itself.</param>
/// <param name="Output">The value written: [N,O,L'] or [N,O,H',W'].</param>
/// <param name="Weights">[C,O/Groups,K] or [C,O/Groups,KH,KW].</param>
/// <param name="Bias">[O], or null for none.</param>
/// <param name="Window">Where the windows lie.</param>
/// <param name="Groups">Number of groups of channels; a divisor of C and O.</param>
public sealed record ConvTransposeNode(string Name, string Input, string Output, FloatTensor Weights, FloatTensor? Bias, WindowGeometry Window, int Groups) : GraphNode(Name)
{
    /// <inheritdoc/>
    public override IReadOnlyList<string> Inputs => [Input];

    /// <inheritdoc/>
    public override IReadOnlyList<string> Outputs => [Output];
}

/// <summary>What pooling makes of a window's elements.</summary>
public enum PoolOperation
{
    /// <summary>The largest; padding does not count.</summary>
    Max,

    /// <summary>The mean over the elements inside the input.</summary>
    Average,

    /// <summary>The mean over the whole window, padding counted as zero.</summary>
    AverageWithPadding,
}

/// <summary>Pooling over one or two spatial axes. Pooling over everything is a reduction.</summary>
/// <param name="Name">Unique in the model.</param>
/// <param name="Operation">What is made of the elements.</param>
/// <param name="Input">The value read: [N,C,L] or [N,C,H,W]; N is 1, or the steps where every step is taken by itself.</param>
/// <param name="Output">The value written, of the same rank.</param>
/// <param name="Kernel">Lengths of the window, one per spatial axis.</param>
/// <param name="Window">Where the windows lie.</param>
public sealed record PoolNode(string Name, PoolOperation Operation, string Input, string Output, int[] Kernel, WindowGeometry Window) : GraphNode(Name)
{
    /// <inheritdoc/>
    public override IReadOnlyList<string> Inputs => [Input];

    /// <inheritdoc/>
    public override IReadOnlyList<string> Outputs => [Output];
}
