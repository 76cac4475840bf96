using Latch.Model;
using Latch.Runtime.Cells;
using Latch.Runtime.Operators;

namespace Latch.Runtime.Kernels;

/// <summary>The arithmetic of one instruction set: products and lanes. All kernels give the same integers; the scalar one defines them.</summary>
internal abstract class Kernel(string name)
{
    /// <summary>The name that forces this kernel.</summary>
    public string Name { get; } = name;

    /// <summary>Packs a recurrent layer.</summary>
    public abstract Cell CreateCell(RecurrentLayer layer, IReadOnlyDictionary<string, ConstantTensor> constants);

    /// <summary>Packs some rows of an operation's weights.</summary>
    public abstract DenseRows CreateRows(WeightedOperation operation, RowRange range, TensorSlot[] slots, ModelWeights weights);
}

/// <summary>A kernel made of products and lanes.</summary>
internal sealed class Kernel<TProduct, TLanes, TVector>(string name) : Kernel(name)
    where TProduct : struct, ITileProduct
    where TLanes : struct, ILanes<TLanes, TVector>
    where TVector : struct
{
    /// <inheritdoc/>
    public override Cell CreateCell(RecurrentLayer layer, IReadOnlyDictionary<string, ConstantTensor> constants) => KernelLimits.Fit(layer)
        ? CreateCell<TLanes, TVector>(layer, constants)
        : CreateCell<Lanes.ScalarLanes, int>(layer, constants);

    /// <inheritdoc/>
    public override DenseRows CreateRows(WeightedOperation operation, RowRange range, TensorSlot[] slots, ModelWeights weights) =>
        new DenseRows<TProduct, TLanes, TVector>(operation, range, slots, weights);

    private static Cell CreateCell<TCellLanes, TCellVector>(RecurrentLayer layer, IReadOnlyDictionary<string, ConstantTensor> constants)
        where TCellLanes : struct, ILanes<TCellLanes, TCellVector>
        where TCellVector : struct
    {
        var rows = new RecurrentRows(layer, constants);
        return layer.Kind switch
        {
            CellKind.Lstm => new LstmCell<TProduct, TCellLanes, TCellVector>(layer, rows, constants),
            CellKind.Gru => new GruCell<TProduct, TCellLanes, TCellVector>(layer, rows, constants),
            _ => new RnnCell<TProduct, TCellLanes, TCellVector>(layer, rows, constants),
        };
    }
}

/// <summary>What lanes take for granted, so that 32 bits hold every value between two operations; other layers keep the vector products and finish unit by unit.</summary>
internal static class KernelLimits
{
    /// <summary>True when the gates of a layer stay within +-1.</summary>
    public static bool Fit(RecurrentLayer layer) => layer.Kind == CellKind.Rnn
        || layer.GateActivation.Kind is ActivationKind.Sigmoid or ActivationKind.Tanh or ActivationKind.HardSigmoid or ActivationKind.Softsign;
}
