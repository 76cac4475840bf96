using Latch.Runtime.Border;

namespace Latch.Runtime;

/// <content>What a session carries from step to step, and what the last step left.</content>
public sealed partial class Session
{
    /// <summary>Integers of <see cref="SaveState"/>; 0 for a model that cannot step, which carries nothing.</summary>
    public int StateSize { get; }

    /// <summary>Bytes of the session's tensors, states and working memory. The weights are the model's (<see cref="LatchModel.WeightBytes"/>).</summary>
    public long MemoryBytes => (_step?.Bytes ?? 0) + (_window?.Bytes ?? 0);

    /// <summary>Copies the streaming state: with <see cref="LoadState"/> another session of the same model continues with the same integers.</summary>
    /// <param name="state"><see cref="StateSize"/> integers.</param>
    /// <exception cref="ArgumentException">The span has another length.</exception>
    public void SaveState(Span<int> state)
    {
        Check(nameof(state), state.Length, StateSize);
        if (_step is null)
            return;
        (state[0], state[1]) = ((int)_step.Executions, (int)(_step.Executions >> 32));
        state = state[2..];
        foreach (int tensor in _model.StepPlan!.InputTensors)
        {
            CodeSpan codes = _model.StepPlan.Slot(tensor).In(_step.Arena);
            for (int i = 0; i < codes.Count; i++)
                state[i] = codes[i];
            state = state[codes.Count..];
        }
        foreach (Cells.RecurrentState recurrent in _step.States)
            state = recurrent.Save(state);
        foreach (Model.PlanState carried in _model.StepPlan.Definition.States)
        {
            CodeSpan codes = _model.StepPlan.Slot(carried.Input).In(_step.Arena);
            for (int i = 0; i < codes.Count; i++)
                state[i] = codes[i];
            state = state[codes.Count..];
        }
    }

    /// <summary>Restores what <see cref="SaveState"/> copied.</summary>
    /// <param name="state"><see cref="StateSize"/> integers of a session of the same model.</param>
    /// <exception cref="ArgumentException">The span has another length.</exception>
    public void LoadState(ReadOnlySpan<int> state)
    {
        Check(nameof(state), state.Length, StateSize);
        if (_step is null)
            return;
        _step.Executions = (uint)state[0] | ((long)state[1] << 32);
        state = state[2..];
        foreach (int tensor in _model.StepPlan!.InputTensors)
        {
            CodeSpan codes = _model.StepPlan.Slot(tensor).In(_step.Arena);
            for (int i = 0; i < codes.Count; i++)
                codes[i] = state[i];
            state = state[codes.Count..];
        }
        foreach (Cells.RecurrentState recurrent in _step.States)
            state = recurrent.Load(state);
        foreach (Model.PlanState carried in _model.StepPlan.Definition.States)
        {
            CodeSpan codes = _model.StepPlan.Slot(carried.Input).In(_step.Arena);
            for (int i = 0; i < codes.Count; i++)
                codes[i] = state[i];
            state = state[codes.Count..];
        }
        _model.StepPlan.Restore(_step);
    }

    /// <summary>Reads an inner tensor as it was left by the last step or window, in real numbers.</summary>
    /// <param name="name">The tensor's name in the plan that ran last.</param>
    /// <param name="values">Receives the values.</param>
    /// <returns>The number of values, or -1 when the plan has no tensor of that name.</returns>
    /// <exception cref="ArgumentException">The span is shorter than the tensor.</exception>
    public int ReadTensor(string name, Span<float> values)
    {
        (ExecutionPlan plan, PlanMemory memory) = _step is null || _windowRanLast ? (_model.WindowPlan!, _window!) : (_model.StepPlan!, _step);
        for (int tensor = 0; tensor < plan.Definition.Tensors.Count; tensor++)
        {
            if (plan.Definition.Tensors[tensor].Name != name)
                continue;
            if (values.Length < plan.Slot(tensor).Count)
                Throw.WrongLength(nameof(values), values.Length, plan.Slot(tensor).Count);
            return OutputDequantizer.Dequantize(plan.Slot(tensor), memory.Arena, values);
        }
        return -1;
    }

    /// <summary>Copies the input codes of the last step: given to <see cref="Step(ReadOnlySpan{short}, Span{short})"/> they yield the same integers on every machine.</summary>
    /// <param name="codes"><see cref="LatchModel.InputSize"/> codes of the input tensors.</param>
    /// <exception cref="ArgumentException">The span has another length.</exception>
    /// <exception cref="InvalidOperationException">The model takes whole windows only.</exception>
    public void ReadInputCodes(Span<short> codes)
    {
        ExecutionPlan plan = StepPlan();
        Check(nameof(codes), codes.Length, plan.InputSize);
        ReadCodes(plan, plan.InputTensors, codes);
    }

    /// <summary>Copies the output codes of the last step.</summary>
    /// <param name="codes"><see cref="LatchModel.OutputSize"/> codes of the output tensors.</param>
    /// <exception cref="ArgumentException">The span has another length.</exception>
    /// <exception cref="InvalidOperationException">The model takes whole windows only.</exception>
    public void ReadOutputCodes(Span<short> codes)
    {
        ExecutionPlan plan = StepPlan();
        Check(nameof(codes), codes.Length, plan.OutputSize);
        ReadCodes(plan, plan.OutputTensors, codes);
    }

    private void ReadCodes(ExecutionPlan plan, int[] tensors, Span<short> codes)
    {
        foreach (int tensor in tensors)
        {
            CodeSpan tensorCodes = plan.Slot(tensor).In(_step!.Arena);
            tensorCodes.CopyTo(codes);
            codes = codes[tensorCodes.Count..];
        }
    }
}
