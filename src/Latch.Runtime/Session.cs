using System.Runtime.CompilerServices;
using Latch.Runtime.Border;

namespace Latch.Runtime;

/// <summary>
/// A model with its own state and memory. A step allocates nothing, takes no lock and throws only for a wrong span length. Not safe for use by two
/// threads at once; different sessions of one model are independent.
/// </summary>
/// <remarks>
/// A reading that is not finite (NaN, infinity) holds its channel's last finite value, real zero (the mean) before the first one, and is counted in
/// <see cref="HeldReadings"/>.
/// </remarks>
public sealed partial class Session
{
    private readonly LatchModel _model;
    private readonly PlanMemory? _step;
    private readonly PlanMemory? _window;
    private readonly InputQuantizer? _stepInput;
    private readonly InputQuantizer? _windowInput;
    private readonly OutputDequantizer? _stepOutput;
    private readonly OutputDequantizer? _windowOutput;
    private bool _windowRanLast;

    internal Session(LatchModel model)
    {
        _model = model;
        if (model.StepPlan is { } step)
            (_step, _stepInput, _stepOutput) = (new PlanMemory(step), new InputQuantizer(step, model.Channels, carry: true), new OutputDequantizer(step));
        if (model.WindowPlan is { } window)
            (_window, _windowInput, _windowOutput) = (new PlanMemory(window), new InputQuantizer(window, model.Channels, carry: false), new OutputDequantizer(window));
        StateSize = StateIntegers();
        Gates = new GateControl(model.Definition.Layers, [.. _step?.States ?? [], .. _window?.States ?? []]);
    }

    /// <summary>Forces gates open, closed or held.</summary>
    public GateControl Gates { get; }

    /// <summary>Readings that were not finite since the session began, and were replaced by the value before.</summary>
    public long HeldReadings { get; private set; }

    /// <summary>Steps taken since the last reset.</summary>
    public long StepCount => _step?.Executions ?? 0;

    /// <summary>Takes one sample and yields one result, both in real numbers.</summary>
    /// <param name="sample"><see cref="LatchModel.InputSize"/> readings, in the channels' units.</param>
    /// <param name="result"><see cref="LatchModel.OutputSize"/> values.</param>
    /// <exception cref="ArgumentException">A span has another length.</exception>
    /// <exception cref="InvalidOperationException">The model takes whole windows only.</exception>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Step(ReadOnlySpan<float> sample, Span<float> result)
    {
        NoGateProbe probe = default;
        Step(sample, result, ref probe);
    }

    /// <summary>As <see cref="Step(ReadOnlySpan{float}, Span{float})"/>, watched by a probe.</summary>
    /// <param name="sample"><see cref="LatchModel.InputSize"/> readings, in the channels' units.</param>
    /// <param name="result"><see cref="LatchModel.OutputSize"/> values.</param>
    /// <param name="probe">Called once per recurrent layer.</param>
    /// <exception cref="ArgumentException">A span has another length.</exception>
    /// <exception cref="InvalidOperationException">The model takes whole windows only.</exception>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Step<TProbe>(ReadOnlySpan<float> sample, Span<float> result, ref TProbe probe)
        where TProbe : struct, IGateProbe
    {
        ExecutionPlan plan = StepPlan();
        Check(nameof(sample), sample.Length, plan.InputSize);
        Check(nameof(result), result.Length, plan.OutputSize);
        HeldReadings += _stepInput!.Quantize(sample, _step!.Arena);
        Execute(plan, _step, ref probe);
        _stepOutput!.Dequantize(_step.Arena, result);
    }

    /// <summary>Takes one sample and yields one result, both as codes: no real number is touched.</summary>
    /// <param name="codes"><see cref="LatchModel.InputSize"/> int8 codes of the input tensors.</param>
    /// <param name="result"><see cref="LatchModel.OutputSize"/> codes of the output tensors.</param>
    /// <exception cref="ArgumentException">A span has another length.</exception>
    /// <exception cref="InvalidOperationException">The model takes whole windows only, or int16 codes.</exception>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Step(ReadOnlySpan<sbyte> codes, Span<short> result)
    {
        ExecutionPlan plan = StepPlan();
        Check(nameof(codes), codes.Length, plan.InputSize);
        Check(nameof(result), result.Length, plan.OutputSize);
        foreach (int tensor in plan.InputTensors)
        {
            CodeSpan input = plan.Slot(tensor).In(_step!.Arena);
            if (input.IsWide)
                Throw.WrongCodeType();
            codes[..input.Count].CopyTo(input.Narrow);
            codes = codes[input.Count..];
        }
        NoGateProbe probe = default;
        StepCodes(plan, result, ref probe);
    }

    /// <summary>As <see cref="Step(ReadOnlySpan{sbyte}, Span{short})"/> with codes of either width; they are limited to the input's codes.</summary>
    /// <param name="codes"><see cref="LatchModel.InputSize"/> codes of the input tensors.</param>
    /// <param name="result"><see cref="LatchModel.OutputSize"/> codes of the output tensors.</param>
    /// <exception cref="ArgumentException">A span has another length.</exception>
    /// <exception cref="InvalidOperationException">The model takes whole windows only.</exception>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Step(ReadOnlySpan<short> codes, Span<short> result)
    {
        NoGateProbe probe = default;
        Step(codes, result, ref probe);
    }

    /// <summary>As <see cref="Step(ReadOnlySpan{short}, Span{short})"/>, watched by a probe.</summary>
    /// <param name="codes"><see cref="LatchModel.InputSize"/> codes of the input tensors.</param>
    /// <param name="result"><see cref="LatchModel.OutputSize"/> codes of the output tensors.</param>
    /// <param name="probe">Called once per recurrent layer.</param>
    /// <exception cref="ArgumentException">A span has another length.</exception>
    /// <exception cref="InvalidOperationException">The model takes whole windows only.</exception>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Step<TProbe>(ReadOnlySpan<short> codes, Span<short> result, ref TProbe probe)
        where TProbe : struct, IGateProbe
    {
        ExecutionPlan plan = StepPlan();
        Check(nameof(codes), codes.Length, plan.InputSize);
        Check(nameof(result), result.Length, plan.OutputSize);
        foreach (int tensor in plan.InputTensors)
        {
            ref readonly TensorSlot slot = ref plan.Slot(tensor);
            CodeSpan input = slot.In(_step!.Arena);
            for (int i = 0; i < input.Count; i++)
                input[i] = Math.Clamp(codes[i], slot.MinCode, slot.MaxCode);
            codes = codes[input.Count..];
        }
        StepCodes(plan, result, ref probe);
    }

    /// <summary>
    /// Takes many steps at once. With <paramref name="steps"/> = <see cref="LatchModel.Steps"/> of a model that has a window plan: one window,
    /// from the initial state, <see cref="LatchModel.WindowOutputSize"/> results; the streaming state is not touched. Otherwise: the same as that
    /// many <see cref="Step(ReadOnlySpan{float}, Span{float})"/>, results one after the other.
    /// </summary>
    /// <param name="sequence">The samples one after the other, or the window's inputs one after the other.</param>
    /// <param name="steps">Number of steps.</param>
    /// <param name="results">The results.</param>
    /// <exception cref="ArgumentException">A span has another length.</exception>
    /// <exception cref="InvalidOperationException">The model has no plan for so many steps.</exception>
    public void Run(ReadOnlySpan<float> sequence, int steps, Span<float> results)
    {
        NoGateProbe probe = default;
        Run(sequence, steps, results, ref probe);
    }

    /// <summary>As <see cref="Run(ReadOnlySpan{float}, int, Span{float})"/>, watched by a probe.</summary>
    /// <param name="sequence">The samples one after the other, or the window's inputs one after the other.</param>
    /// <param name="steps">Number of steps.</param>
    /// <param name="results">The results.</param>
    /// <param name="probe">Called once per recurrent layer and step.</param>
    /// <exception cref="ArgumentException">A span has another length.</exception>
    /// <exception cref="InvalidOperationException">The model has no plan for so many steps.</exception>
    public void Run<TProbe>(ReadOnlySpan<float> sequence, int steps, Span<float> results, ref TProbe probe)
        where TProbe : struct, IGateProbe
    {
        if (_model.WindowPlan is { } window && steps == window.Definition.Steps)
        {
            RunWindow(window, sequence, results, ref probe);
            return;
        }
        if (_step is null || steps < 1)
            Throw.NoWindow(steps);
        int inputs = _model.StepPlan!.InputSize, outputs = _model.StepPlan.OutputSize;
        Check(nameof(sequence), sequence.Length, checked(steps * inputs));
        Check(nameof(results), results.Length, checked(steps * outputs));
        for (int step = 0; step < steps; step++)
            Step(sequence.Slice(step * inputs, inputs), results.Slice(step * outputs, outputs), ref probe);
    }

    /// <summary>Forgets everything: the next step is the first. Forced gates stay forced.</summary>
    public void Reset()
    {
        if (_step is null)
            return;
        _step.Executions = 0;
        _model.StepPlan!.ClearInputs(_step.Arena);
    }

    private static void Check(string span, int length, int expected)
    {
        if (length != expected)
            Throw.WrongLength(span, length, expected);
    }

    private int StateIntegers()
    {
        if (_step is null)
            return 0;
        int size = 2 + _model.StepPlan!.InputSize;
        foreach (Cells.RecurrentState state in _step.States)
            size += state.Size;
        foreach (Model.PlanState state in _model.StepPlan.Definition.States)
            size += _model.StepPlan.Slot(state.Input).Count;
        return size;
    }

    private ExecutionPlan StepPlan()
    {
        if (_step is null)
            Throw.NotStreamable(_model.NotStreamableReason!);
        return _model.StepPlan!;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void StepCodes<TProbe>(ExecutionPlan plan, Span<short> result, ref TProbe probe)
        where TProbe : struct, IGateProbe
    {
        Execute(plan, _step!, ref probe);
        ReadCodes(plan, plan.OutputTensors, result);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void RunWindow<TProbe>(ExecutionPlan plan, ReadOnlySpan<float> sequence, Span<float> results, ref TProbe probe)
        where TProbe : struct, IGateProbe
    {
        Check(nameof(sequence), sequence.Length, plan.InputSize);
        Check(nameof(results), results.Length, plan.OutputSize);
        HeldReadings += _windowInput!.Quantize(sequence, _window!.Arena);
        Execute(plan, _window, ref probe);
        _windowOutput!.Dequantize(_window.Arena, results);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Execute<TProbe>(ExecutionPlan plan, PlanMemory memory, ref TProbe probe)
        where TProbe : struct, IGateProbe
    {
        _windowRanLast = memory == _window;
        plan.Execute(memory, ref probe);
    }
}
