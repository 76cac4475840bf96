using Latch.Import.Graph;

namespace Latch.Import;

/// <summary>Choices made at import.</summary>
public sealed record ImportOptions
{
    /// <summary>
    /// The length of the sequence axis. Null takes the file's number where it fixes one, else 1 (streaming). Asking for
    /// another number than the file fixes is an error, unless <see cref="ReplaceSteps"/> says otherwise. In a model that takes in frames (samples that layers before the recurrent ones make one step of) it is the
    /// length of the frame.
    /// </summary>
    public int? Steps { get; init; }

    /// <summary>
    /// Whether <see cref="Steps"/> takes the place of a number that the file fixes, where the graph lets it: to step a model of windows. Refused where a shape
    /// inside the graph holds the file's number.
    /// </summary>
    public bool ReplaceSteps { get; init; }

    /// <summary>
    /// The states that are an input and an output of the graph. Null finds them by their names and shapes (README, States); a list, possibly empty, says them all.
    /// </summary>
    public IReadOnlyList<StatePair>? States { get; init; }

    /// <summary>
    /// Numbers that inputs of whole numbers always hold, by the input's name: a sample rate, say. They are no inputs of the model any more. An input that is
    /// compared with a constant to choose a branch has that constant without being named here.
    /// </summary>
    public IReadOnlyDictionary<string, long> Inputs { get; init; } = new Dictionary<string, long>();
}
