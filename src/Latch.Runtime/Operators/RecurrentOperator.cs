using Latch.Model;
using Latch.Runtime.Cells;
using Latch.Runtime.Kernels;

namespace Latch.Runtime.Operators;

/// <summary>Walks a cell over its input, in time order or against it.</summary>
internal sealed class RecurrentOperator(RecurrentOperation operation, Cell cell, IReadOnlyList<TensorSlot> slots, int stateIndex, bool streaming)
    : PlanOperator
{
    private readonly TensorSlot _input = slots[operation.Input];

    public RecurrentState CreateState() => new(operation.Layer, cell.Layer);

    /// <summary>Recomputes what follows from a state that was loaded.</summary>
    public void Restore(PlanMemory memory) => cell.EncodeHidden<NoGateProbe>(memory.States[stateIndex]);

    /// <inheritdoc/>
    public override void Execute(PlanMemory memory)
    {
        NoGateProbe probe = default;
        Execute(memory, ref probe);
    }

    /// <summary>Runs all steps of the operation, watched by a probe.</summary>
    public void Execute<TProbe>(PlanMemory memory, ref TProbe probe)
        where TProbe : struct, IGateProbe
    {
        RecurrentState state = memory.States[stateIndex];
        if (!streaming || memory.Executions == 0)
            Start(memory, state);
        CodeSpan input = _input.In(memory.Arena);
        for (int step = 0; step < operation.Steps; step++)
        {
            int time = cell.Layer.Reverse ? operation.Steps - 1 - step : step;
            CodeSpan sample = input.Slice(time * cell.Layer.InputSize, cell.Layer.InputSize);
            if (Probing<TProbe>.IsOn)
                state.ClearSaturations();
            Step<TProbe>(sample, state);
            if (operation.Output >= 0)
                Write<TProbe>(memory, state, time);
            if (Probing<TProbe>.IsOn)
                probe.OnStep(new GateFrame(state, cell.Layer, streaming ? memory.Executions : time, sample));
        }
        if (operation.FinalHidden >= 0)
            Encode(memory, operation.FinalHidden, state.Hidden, operation.FinalHiddenRescale);
        if (operation.FinalCell >= 0)
            Encode(memory, operation.FinalCell, state.Cell, operation.FinalCellRescale);
    }

    private void Step<TProbe>(CodeSpan sample, RecurrentState state)
        where TProbe : struct, IGateProbe
    {
        switch (cell)
        {
            case LstmCell lstm:
                lstm.Step<TProbe>(sample, state);
                break;
            case GruCell gru:
                gru.Step<TProbe>(sample, state);
                break;
            case RnnCell rnn:
                rnn.Step<TProbe>(sample, state);
                break;
        }
    }

    private void Start(PlanMemory memory, RecurrentState state)
    {
        state.Clear();
        if (operation.InitialHidden >= 0)
            Decode(memory, operation.InitialHidden, operation.InitialHiddenRescale, state.Hidden);
        if (operation.InitialCell >= 0)
            Decode(memory, operation.InitialCell, operation.InitialCellRescale, state.Cell);
        cell.EncodeHidden<NoGateProbe>(state);
    }

    private void Write<TProbe>(PlanMemory memory, RecurrentState state, int time)
        where TProbe : struct, IGateProbe
    {
        TensorSlot slot = slots[operation.Output];
        CodeSpan codes = slot.In(memory.Arena).Slice(time * cell.Layer.HiddenSize, cell.Layer.HiddenSize);
        int saturated = Cell.Encode<TProbe>(state.Hidden, operation.OutputRescale, slot.ZeroPoint, codes);
        if (Probing<TProbe>.IsOn)
            state.OutputSaturations = saturated;
    }

    private void Encode(PlanMemory memory, int tensor, int[] values, Rescale rescale) =>
        Cell.Encode<NoGateProbe>(values, rescale, slots[tensor].ZeroPoint, slots[tensor].In(memory.Arena));

    private void Decode(PlanMemory memory, int tensor, Rescale rescale, int[] values)
    {
        CodeSpan codes = slots[tensor].In(memory.Arena);
        for (int unit = 0; unit < values.Length; unit++)
            values[unit] = Requantize.Saturate(Requantize.Apply(codes[unit] - slots[tensor].ZeroPoint, rescale));
    }
}
