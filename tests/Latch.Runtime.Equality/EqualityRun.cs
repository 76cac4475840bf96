namespace Latch.Runtime.Equality;

/// <summary>One run of the checks: which lengths, guarded buffers, what was compared and what differed.</summary>
public sealed class EqualityRun : IDisposable
{
    /// <summary>The longest input and hidden state that is checked.</summary>
    public const int LongestLength = 300;

    private const int MostDifferences = 20, BufferBytes = 1 << 18;

    private readonly List<string> _differences = [];
    private readonly List<string> _kernels;

    /// <summary>Prepares a run.</summary>
    /// <param name="quick">Takes a part of the lengths: every one up to 66, then those around multiples of 64, and the longest.</param>
    /// <param name="kernels">The kernels to compare with "scalar"; null takes every available one.</param>
    public EqualityRun(bool quick, IReadOnlyList<string>? kernels = null)
    {
        IsQuick = quick;
        _kernels = [.. (kernels ?? LatchModel.AvailableKernels).Where(static name => name != Scalar)];
        Lengths = [.. Enumerable.Range(1, LongestLength).Where(length => !quick || length <= 66 || (length + 1) % 64 <= 2 || length >= LongestLength - 1)];
    }

    /// <summary>The kernel that defines every result.</summary>
    public static string Scalar => "scalar";

    /// <summary>True when only a part of the lengths is taken.</summary>
    public bool IsQuick { get; }

    /// <summary>The lengths of inputs and hidden states to check.</summary>
    public IReadOnlyList<int> Lengths { get; }

    /// <summary>The kernels compared with "scalar".</summary>
    public IReadOnlyList<string> Kernels => _kernels;

    /// <summary>Models that were run by every kernel.</summary>
    public long Models { get; private set; }

    /// <summary>Spans that were compared.</summary>
    public long Comparisons { get; private set; }

    /// <summary>Integers that were compared.</summary>
    public long Integers { get; private set; }

    /// <summary>What differed, at most twenty.</summary>
    public IReadOnlyList<string> Differences => _differences;

    internal GuardedMemory Codes { get; } = new(BufferBytes);

    internal GuardedMemory Results { get; } = new(BufferBytes);

    internal GuardedMemory State { get; } = new(BufferBytes);

    /// <summary>Runs a check, unless enough differs already.</summary>
    public void Execute(EqualityCheck check)
    {
        ArgumentNullException.ThrowIfNull(check);
        if (_differences.Count < MostDifferences)
            check.Run(this);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Codes.Dispose();
        Results.Dispose();
        State.Dispose();
    }

    internal void CountModel() => Models++;

    /// <summary>Compares a kernel's integers with those of "scalar".</summary>
    internal void Compare(string kernel, object model, string what, ReadOnlySpan<int> expected, ReadOnlySpan<int> actual)
    {
        Comparisons++;
        Integers += expected.Length;
        if (expected.SequenceEqual(actual) || _differences.Count >= MostDifferences)
            return;
        int place = expected.CommonPrefixLength(actual);
        string values = place < expected.Length && place < actual.Length ? $"{actual[place]}, not {expected[place]}" : $"{actual.Length} integers, not {expected.Length}";
        _differences.Add($"{kernel}: {model}: {what}, integer {place}: {values}");
    }
}

/// <summary>One part of the checks.</summary>
/// <param name="Name">Short name, as printed.</param>
/// <param name="Run">Compares into the run.</param>
public sealed record EqualityCheck(string Name, Action<EqualityRun> Run);

/// <summary>All checks.</summary>
public static class EqualitySuite
{
    /// <summary>In the order in which they run.</summary>
    public static IReadOnlyList<EqualityCheck> Checks { get; } =
    [
        new("products", ProductChecks.Products),
        new("inputs", LengthChecks.Inputs),
        new("hidden", LengthChecks.Hidden),
        new("variants", VariantChecks.Variants),
        new("forces", VariantChecks.Forces),
        new("watched", WatchedChecks.Watched),
        new("accumulation", VariantChecks.Accumulation),
        new("dense", DenseChecks.Lengths),
        new("windows", WindowChecks.Windows),
    ];
}
