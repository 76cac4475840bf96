namespace Latch.Import.Graph;

/// <summary>One operation of a <see cref="FloatModel"/>.</summary>
/// <param name="Name">Unique in the model: the source's node name, with a suffix where one node became several.</param>
public abstract record GraphNode(string Name)
{
    /// <summary>Names of the values read, constants included, in order.</summary>
    public abstract IReadOnlyList<string> Inputs { get; }

    /// <summary>Names of the values written, in order.</summary>
    public abstract IReadOnlyList<string> Outputs { get; }
}
