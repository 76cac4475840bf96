namespace Latch.Import.Sources.Safetensors;

/// <summary>What one layer hands to the next.</summary>
/// <param name="Name">The value in the graph.</param>
/// <param name="Kind">Its form.</param>
/// <param name="Features">Length of the last axis; of indices 0.</param>
internal sealed record Flow(string Name, FlowKind Kind, int Features);

/// <summary>The form of a value between layers.</summary>
internal enum FlowKind
{
    /// <summary>[1, steps, features].</summary>
    Sequence,

    /// <summary>[1, features].</summary>
    Vector,

    /// <summary>[1, steps] of whole numbers, for an embedding.</summary>
    Indices,
}
