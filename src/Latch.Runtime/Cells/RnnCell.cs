using System.Runtime.CompilerServices;
using Latch.Model;
using Latch.Runtime.Kernels;

namespace Latch.Runtime.Cells;

/// <summary>The simple recurrent cell: h' = F(W x + R h + b).</summary>
internal sealed class RnnCell<TProduct, TLanes, TVector>(RecurrentLayer layer, RecurrentRows rows, IReadOnlyDictionary<string, ConstantTensor> constants)
    : TiledCell<TProduct, TLanes, TVector>(layer, rows, constants, GateCount)
    where TProduct : struct, ITileProduct
    where TLanes : struct, ILanes<TLanes, TVector>
    where TVector : struct
{
    private const int HiddenGate = 0, GateCount = 1;

    protected override void Step(RecurrentState state, int blockStep) => Step<Unwatched>(state, blockStep);

    protected override void WatchedStep(RecurrentState state) => Step<Watched>(state, -1);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Step<TWatching>(RecurrentState state, int blockStep)
        where TWatching : struct, IWatching
    {
        (int tile, int direction) = Order(state.Memory);
        for (int count = 0; count < TileCount; count++, tile += direction)
        {
            ref int a = ref InputSums(state.Memory, tile, blockStep);
            Finish<TWatching>(state, tile, in a, in RecurrentSums(state.Memory, tile));
        }
    }

    /// <summary>The gate is h'.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Finish<TWatching>(RecurrentState state, int tile, ref readonly int a, ref readonly int b)
        where TWatching : struct, IWatching
    {
        TLanes lanes = Lanes;
        ActivateGates<TWatching>(in lanes, state, tile, HiddenGate, GateCount, in a, in b);
        for (int unit = tile * TileShape.Units, end = unit + TileShape.Units; unit < end; unit += TLanes.Count)
            StoreHidden<TWatching>(state, unit, TLanes.Load(in state.Gate(HiddenGate, unit)));
    }
}
