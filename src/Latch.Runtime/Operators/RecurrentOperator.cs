using System.Runtime.CompilerServices;
using Latch.Model;
using Latch.Runtime.Cells;
using Latch.Runtime.Kernels;

namespace Latch.Runtime.Operators;

/// <summary>Walks a cell over its input, in time order or against it.</summary>
/// <param name="operation">The operation.</param>
/// <param name="cell">Its cell.</param>
/// <param name="slots">The plan's tensors.</param>
/// <param name="stateIndex">Index of its state in the memory.</param>
/// <param name="streaming">True in a plan of one step: the state goes on.</param>
/// <param name="startsAnew">True when each step starts from its initial states: the operation says so, or the plan carries them.</param>
internal sealed class RecurrentOperator(RecurrentOperation operation, Cell cell, TensorSlot[] slots, int stateIndex, bool streaming, bool startsAnew)
    : PlanOperator
{
    private readonly TensorSlot _input = slots[operation.Input];
    private readonly CodeEncoding _output = Encoding(slots, operation.Output, operation.OutputRescale);
    private readonly CodeEncoding _finalHidden = Encoding(slots, operation.FinalHidden, operation.FinalHiddenRescale);
    private readonly CodeEncoding _finalCell = Encoding(slots, operation.FinalCell, operation.FinalCellRescale);

    public RecurrentState CreateState() => cell.CreateState(operation.Layer, operation.Steps, _output);

    /// <summary>Recomputes what follows from a state that was loaded.</summary>
    public void Restore(PlanMemory memory) => cell.EncodeHidden(memory.States[stateIndex]);

    /// <inheritdoc/>
    public override void Execute(PlanMemory memory)
    {
        NoGateProbe probe = default;
        Execute(memory, ref probe);
    }

    /// <summary>Runs all steps of the operation, watched by a probe.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Execute<TProbe>(PlanMemory memory, ref TProbe probe)
        where TProbe : struct, IGateProbe
    {
        RecurrentState state = memory.States[stateIndex];
        if (!streaming || startsAnew || memory.Executions == 0)
            Start(memory, state);
        CodeSpan input = _input.In(memory.Arena);
        CodeSpan output = _output.IsSet ? slots[operation.Output].In(memory.Arena) : default;
        if (Probing<TProbe>.IsOn)
            Watch(memory, state, input, output, ref probe);
        else
            cell.Run(in input, operation.Steps, state, in output);
        if (_finalHidden.IsSet)
            Cell.Encode(state.Hidden, in _finalHidden, slots[operation.FinalHidden].In(memory.Arena));
        if (_finalCell.IsSet)
            Cell.Encode(state.Cell, in _finalCell, slots[operation.FinalCell].In(memory.Arena));
    }

    private void Watch<TProbe>(PlanMemory memory, RecurrentState state, CodeSpan input, CodeSpan output, ref TProbe probe)
        where TProbe : struct, IGateProbe
    {
        for (int step = 0; step < operation.Steps; step++)
        {
            int time = cell.Layer.Reverse ? operation.Steps - 1 - step : step;
            CodeSpan sample = input.Slice(time * cell.Layer.InputSize, cell.Layer.InputSize);
            CodeSpan result = state.Output.IsSet ? output.Slice(time * cell.Layer.HiddenSize, cell.Layer.HiddenSize) : default;
            cell.Watch(in sample, state, in result);
            probe.OnStep(new GateFrame(state, cell.Layer, streaming ? memory.Executions : time, sample));
        }
    }

    private void Start(PlanMemory memory, RecurrentState state)
    {
        state.Clear();
        if (operation.InitialHidden >= 0)
            Decode(memory, operation.InitialHidden, operation.InitialHiddenRescale, state.Hidden);
        if (operation.InitialCell >= 0)
            Decode(memory, operation.InitialCell, operation.InitialCellRescale, state.Cell);
        cell.EncodeHidden(state);
    }

    /// <summary>The encoding of a tensor; unset when there is none.</summary>
    private static CodeEncoding Encoding(TensorSlot[] slots, int tensor, Rescale rescale) =>
        tensor < 0 ? default : new CodeEncoding(rescale, slots[tensor].Quantization);

    private void Decode(PlanMemory memory, int tensor, Rescale rescale, Span<int> values)
    {
        CodeSpan codes = slots[tensor].In(memory.Arena);
        for (int unit = 0; unit < values.Length; unit++)
            values[unit] = Requantize.Saturate(Requantize.Apply(codes[unit] - slots[tensor].ZeroPoint, rescale));
    }
}
