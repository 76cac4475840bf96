using System.Runtime.CompilerServices;
using Latch.Model;
using Latch.Runtime.Kernels;

namespace Latch.Runtime.Cells;

/// <summary>The simple recurrent cell: h' = F(W x + R h + b).</summary>
internal sealed class RnnCell<TProduct, TLanes, TVector>(RecurrentLayer layer, RecurrentRows rows, IReadOnlyDictionary<string, ConstantTensor> constants)
    : TiledCell<TProduct, TLanes, TVector>(layer, rows, constants, GateCount, isPlain: true)
    where TProduct : struct, ITileProduct
    where TLanes : struct, ILanes<TLanes, TVector>
    where TVector : struct
{
    private const int HiddenGate = 0, GateCount = 1;

    protected override void StepPlain(RecurrentState state, int blockStep) => Step<PlainPath>(state, blockStep);

    protected override void StepWatched(RecurrentState state, int blockStep) => Step<WatchedPath>(state, blockStep);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Step<TPath>(RecurrentState state, int blockStep)
        where TPath : struct, IStepPath
    {
        for (int i = 0; i < GroupCount; i++)
        {
            TileGroup group = Group(state.Memory, i);
            ActivateGates<TPath>(state, group, ref Multiply(state.Memory, group, blockStep), ref state.Memory.RecurrentSums);
            StoreHidden<TPath>(state, group);
        }
    }

    protected override void StepAny(RecurrentState state, int blockStep)
    {
        for (int i = 0; i < GroupCount; i++)
        {
            TileGroup group = Group(state.Memory, i);
            ref int a = ref Multiply(state.Memory, group, blockStep);
            for (int tile = group.First, sums = 0; tile < group.End; tile++, sums += state.Memory.TileSums)
                ActivateAny(state, tile, HiddenGate, GateCount, ref Unsafe.Add(ref a, sums), ref Unsafe.Add(ref state.Memory.RecurrentSums, sums));
            StoreHidden<AnyPath>(state, group);
        }
    }

    /// <summary>The gate is h'.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void StoreHidden<TPath>(RecurrentState state, TileGroup group)
        where TPath : struct, IStepPath
    {
        for (int tile = group.First; tile < group.End; tile++)
        {
            for (int lane = 0; lane < TileShape.Units; lane += TLanes.Count)
                StoreHidden<TPath>(state, (tile * TileShape.Units) + lane, TLanes.Load(in state.Gate(tile, HiddenGate, lane)));
        }
    }
}
