namespace Latch.Model;

/// <summary>Two lengths (or distances) along the spatial axes; of one axis Rows is 1 (0 for a distance from the edge).</summary>
/// <param name="Rows">Along the first axis.</param>
/// <param name="Columns">Along the second axis, the one whose elements lie side by side.</param>
public readonly record struct Extent(int Rows, int Columns)
{
    /// <summary>Number of elements.</summary>
    public long Count => (long)Rows * Columns;
}

/// <summary>
/// Where windows lie in an input: along each axis, element k of window p is element (p Stride + k Dilation - Padding) / Spacing of the input. Where that is not whole
/// or outside of the input, there is none: real zero for a convolution, nothing for a pool.
/// </summary>
public sealed record WindowLayout
{
    /// <summary>Lengths of one channel of the input.</summary>
    public required Extent Input { get; init; }

    /// <summary>Number of windows: lengths of one channel of the output.</summary>
    public required Extent Output { get; init; }

    /// <summary>Lengths of a window.</summary>
    public required Extent Kernel { get; init; }

    /// <summary>Distance between windows, 1 or more.</summary>
    public required Extent Stride { get; init; }

    /// <summary>Distance between a window's elements, 1 or more.</summary>
    public required Extent Dilation { get; init; }

    /// <summary>How far before the input the first window begins; negative inside of it.</summary>
    public required Extent Padding { get; init; }

    /// <summary>Distance at which the input's elements lie, with zeros between: 1; the stride of a transposed convolution.</summary>
    public required Extent Spacing { get; init; }
}

/// <summary>
/// Convolution over one or two spatial axes: Y[o, p] = f(sum over c, k of w[o, c, k] X[g(o) C / G + c, window p, k] + b[o]), with C input channels in G groups and
/// g(o) the group of output channel o. The weights of a row are [C / G, kernel rows, kernel columns]. A transposed convolution is one with
/// <see cref="WindowLayout.Spacing"/> and its weights turned round.
/// </summary>
public sealed record ConvOperation : WeightedOperation
{
    /// <summary>Number of inputs taken one after the other, each of C channels.</summary>
    public required int Batch { get; init; }

    /// <summary>C, channels of the input, a multiple of <see cref="Groups"/>.</summary>
    public required int Channels { get; init; }

    /// <summary>G, groups of channels; divides the rows of the weights too. At most 65536.</summary>
    public required int Groups { get; init; }

    /// <summary>Where the windows lie.</summary>
    public required WindowLayout Window { get; init; }
}

/// <summary>What a pool makes of a window's elements.</summary>
public enum PoolKind
{
    /// <summary>The largest of those inside the input.</summary>
    Max,

    /// <summary>The mean of those inside the input.</summary>
    Average,

    /// <summary>The mean of the whole window, real zero outside of the input.</summary>
    AverageWithPadding,
}

/// <summary>Pooling of every channel over one or two spatial axes.</summary>
public sealed record PoolOperation : Operation
{
    /// <summary>What is made of a window.</summary>
    public required PoolKind Kind { get; init; }

    /// <summary>Input, Channels x input rows x input columns elements.</summary>
    public required int Input { get; init; }

    /// <summary>Output, Channels x output rows x output columns elements.</summary>
    public required int Output { get; init; }

    /// <summary>Number of channels, those of every input of a batch.</summary>
    public required int Channels { get; init; }

    /// <summary>Where the windows lie; each has an element inside of the input.</summary>
    public required WindowLayout Window { get; init; }

    /// <summary>From the input's codes to the output's.</summary>
    public required Rescale Rescale { get; init; }
}
