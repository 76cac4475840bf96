using System.Runtime.CompilerServices;
using Latch.Model;
using Latch.Runtime.Cells;
using Latch.Runtime.Operators;

namespace Latch.Runtime;

/// <summary>A plan ready to execute: tensors placed in the arena, operations bound to them. Immutable and shared by all sessions.</summary>
internal sealed class ExecutionPlan
{
    private readonly TensorSlot[] _slots;
    private readonly PlanOperator[] _operators;
    private readonly PlanState[] _carried;
    private readonly ModelWeights _weights;
    private readonly int _states;
    private readonly bool _streaming;

    public ExecutionPlan(Plan plan, ModelWeights weights, bool streaming)
    {
        (Definition, _weights, _streaming, _carried) = (plan, weights, streaming, new PlanState[plan.States.Count]);
        for (int state = 0; state < _carried.Length; state++)
            _carried[state] = plan.States[state];
        _slots = new TensorSlot[plan.Tensors.Count];
        for (int tensor = 0; tensor < _slots.Length; tensor++)
        {
            _slots[tensor] = new TensorSlot(ArenaBytes, plan.Tensors[tensor]);
            ArenaBytes += AlignedBuffer.Align(_slots[tensor].Bytes);
        }
        int states = 0;
        _operators = new PlanOperator[plan.Operations.Count];
        for (int i = 0; i < _operators.Length; i++)
        {
            _operators[i] = plan.Operations[i] is RecurrentOperation recurrent
                ? new RecurrentOperator(recurrent, weights.Cells[recurrent.Layer], _slots, states++, streaming, recurrent.StartsAnew || (plan.States.Count > 0 && IsComputed(plan, recurrent)))
                : OperatorFactory.Create(plan.Operations[i], _slots, weights);
            Memory = Memory.Or(_operators[i].Memory);
        }
        _states = states;
        Inputs = Ports(plan.Inputs);
        Outputs = Ports(plan.Outputs);
        (InputTensors, InputSize) = Tensors(plan.Inputs);
        (OutputTensors, OutputSize) = Tensors(plan.Outputs);
    }

    public Plan Definition { get; }

    public int Steps => Definition.Steps;

    public int ArenaBytes { get; }

    /// <summary>Working memory that serves every operation.</summary>
    public RowMemory Memory { get; }

    public IReadOnlyList<PortInfo> Inputs { get; }

    public IReadOnlyList<PortInfo> Outputs { get; }

    public int[] InputTensors { get; }

    public int[] OutputTensors { get; }

    public int InputSize { get; }

    public int OutputSize { get; }

    public ref readonly TensorSlot Slot(int tensor) => ref _slots[tensor];

    // Without LINQ, as all here: what it takes to set up is felt when a native program starts.
    public RecurrentState[] CreateStates()
    {
        var states = new RecurrentState[_states];
        int next = 0;
        foreach (PlanOperator operation in _operators)
        {
            if (operation is RecurrentOperator recurrent)
                states[next++] = recurrent.CreateState();
        }
        return states;
    }

    public void FillConstants(Arena arena)
    {
        foreach ((int tensor, string name) in Definition.ConstantTensors)
            _weights.Tensor(name).Bytes.CopyTo(arena.Bytes(in _slots[tensor]));
    }

    /// <summary>Sets every input to real zero: what a missing reading holds before the first finite one; and every state, which begins there.</summary>
    public void ClearInputs(Arena arena)
    {
        foreach (int tensor in InputTensors)
            _slots[tensor].In(arena).Fill(_slots[tensor].ZeroPoint);
        foreach (PlanState state in Definition.States)
            _slots[state.Input].In(arena).Fill(_slots[state.Input].ZeroPoint);
    }

    /// <summary>Recomputes what follows from states that were loaded.</summary>
    public void Restore(PlanMemory memory)
    {
        foreach (PlanOperator operation in _operators)
            (operation as RecurrentOperator)?.Restore(memory);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Execute<TProbe>(PlanMemory memory, ref TProbe probe)
        where TProbe : struct, IGateProbe
    {
        foreach (PlanOperator operation in _operators)
        {
            if (operation is RecurrentOperator recurrent)
                recurrent.Execute(memory, ref probe);
            else
                operation.Execute(memory);
        }
        if (_streaming)
            CarryStates(memory.Arena);
        memory.Executions++;
    }

    // No output is a state's input (a rule of the format), so the order does not count.
    private void CarryStates(Arena arena)
    {
        foreach (PlanState state in _carried)
            arena.Bytes(in _slots[state.Output]).CopyTo(arena.Bytes(in _slots[state.Input]));
    }

    private static bool IsComputed(Plan plan, RecurrentOperation operation) =>
        (operation.InitialHidden >= 0 && !plan.ConstantTensors.ContainsKey(operation.InitialHidden)) || (operation.InitialCell >= 0 && !plan.ConstantTensors.ContainsKey(operation.InitialCell));

    private (int[] Tensors, int Size) Tensors(IReadOnlyList<PlanPort> ports)
    {
        int[] tensors = new int[ports.Count];
        int size = 0;
        for (int port = 0; port < tensors.Length; port++)
        {
            tensors[port] = ports[port].Tensor;
            size += _slots[tensors[port]].Count;
        }
        return (tensors, size);
    }

    private List<PortInfo> Ports(IReadOnlyList<PlanPort> ports)
    {
        List<PortInfo> infos = [];
        int offset = 0;
        foreach (PlanPort port in ports)
        {
            infos.Add(new PortInfo(port.Name, Definition.Tensors[port.Tensor].Shape, offset));
            offset += _slots[port.Tensor].Count;
        }
        return infos;
    }
}
