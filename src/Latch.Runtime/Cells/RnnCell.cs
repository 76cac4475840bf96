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

    protected override void StepAny(RecurrentState state, int blockStep) => Step<AnyPath>(state, blockStep);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Step<TPath>(RecurrentState state, int blockStep)
        where TPath : struct, IStepPath
    {
        (int tile, int direction) = Order(state.Memory);
        for (int count = 0; count < TileCount; count++, tile += direction)
        {
            ref int a = ref InputSums(state.Memory, tile, blockStep);
            Finish<TPath>(state, tile, ref a, ref RecurrentSums(state.Memory, tile));
        }
    }

    /// <summary>The gate is h'.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Finish<TPath>(RecurrentState state, int tile, ref int a, ref int b)
        where TPath : struct, IStepPath
    {
        TLanes lanes = Lanes;
        ActivateGates<TPath>(in lanes, state, tile, HiddenGate, GateCount, ref a, ref b);
        for (int lane = 0; lane < TileShape.Units; lane += TLanes.Count)
            StoreHidden<TPath>(state, (tile * TileShape.Units) + lane, TLanes.Load(in state.Gate(tile, HiddenGate, lane)));
    }
}
