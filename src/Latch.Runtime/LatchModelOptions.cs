namespace Latch.Runtime;

/// <summary>How a model is prepared for this machine.</summary>
public sealed record LatchModelOptions
{
    /// <summary>
    /// Name of the kernel to use, one of <see cref="LatchModel.AvailableKernels"/>; null takes the one named by the environment variable LATCH_KERNEL, else the
    /// fastest. The results are the same.
    /// </summary>
    public string? Kernel { get; init; }
}
