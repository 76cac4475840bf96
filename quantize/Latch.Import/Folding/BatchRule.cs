namespace Latch.Import.Folding;

/// <summary>What is done with a batch that the file fixes to more than 1.</summary>
internal sealed class BatchRule
{
    /// <summary>The largest batch whose rows become layers of their own.</summary>
    public const int MostRows = 64;

    /// <summary>A batch that a recurrent node saw and refused; 0 before.</summary>
    public int Refused { get; set; }

    /// <summary>The batch that the file fixes its inputs to and that is taken as 1 instead; 0 for none.</summary>
    public int Fixed { get; init; }

    /// <summary>For each input the axis that holds <see cref="Fixed"/>; -1 for one without a batch.</summary>
    public IReadOnlyDictionary<string, int> Axes { get; init; } = new Dictionary<string, int>();

    /// <summary>Whether each row of a batch becomes a layer of its own, with weights that are the same.</summary>
    public bool Rows { get; init; }

    /// <summary>Whether a recurrent node can be imported with a batch.</summary>
    public bool Allows(int batch)
    {
        if (batch == 1 || (Rows && batch is > 1 and <= MostRows))
            return true;
        Refused = batch;
        return false;
    }
}
