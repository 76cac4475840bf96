using Latch.Model.Container;

namespace Latch.Model.Validation;

/// <summary>Rules of one plan: tensors, ports, and the order in which operations read and write.</summary>
internal sealed class PlanRules
{
    private const int MaxElements = 1 << 26;

    private readonly RuleScope _scope;
    private readonly ModelDefinition _model;
    private readonly Plan _plan;
    private readonly ConstantRules _constants;
    private readonly bool[] _given;
    private readonly long[] _written;
    private readonly bool[] _read;
    private readonly HashSet<int> _layers = [];

    private PlanRules(RuleScope scope, ModelDefinition model, Plan plan, ConstantRules constants)
    {
        (_scope, _model, _plan, _constants) = (scope, model, plan, constants);
        _given = new bool[plan.Tensors.Count];
        _written = new long[plan.Tensors.Count];
        _read = new bool[plan.Tensors.Count];
    }

    internal ConstantRules Constants => _constants;

    /// <summary>Checks the plan and returns the layers it runs.</summary>
    internal static IReadOnlySet<int> Check(RuleScope scope, ModelDefinition model, Plan plan, ConstantRules constants)
    {
        scope.CheckPresent(plan.Tensors, ModelFormatCode.Plan, "list of tensors");
        PlanRules rules = new(scope, model, plan, constants);
        scope.CheckRange(plan.Steps, 1, MaxElements, "number of steps");
        rules.CheckTensors();
        rules.CheckConstantTensors();
        rules.CheckInputs();
        StateRules.CheckInputs(scope, plan, rules);
        foreach (Operation operation in plan.Operations ?? [])
        {
            scope.CheckPresent(operation, ModelFormatCode.Plan, "operation");
            scope.CheckName(operation.Name, "operation's name");
            OperationRules.Check(scope.Inside($"operation '{operation.Name}'"), operation, rules);
        }
        rules.CheckOutputs();
        StateRules.CheckOutputs(scope, plan, rules);
        return rules._layers;
    }

    internal ActivationTensor Read(RuleScope scope, int index, string role, long count)
    {
        ActivationTensor tensor = Find(scope, index, role, count);
        if (!IsComplete(index))
            throw scope.Error(ModelFormatCode.Order, $"It reads its {role} '{tensor.Name}', which is not (wholly) written before.");
        _read[index] = true;
        return tensor;
    }

    internal ActivationTensor Write(RuleScope scope, int index, string role, long count) => WritePart(scope, index, role, count, count);

    internal ActivationTensor WritePart(RuleScope scope, int index, string role, long count, long part)
    {
        ActivationTensor tensor = Find(scope, index, role, count);
        if (_given[index] || _read[index] || IsComplete(index))
            throw scope.Error(ModelFormatCode.Order, $"It writes its {role} '{tensor.Name}', which is given, read or wholly written before.");
        _written[index] += part;
        return tensor;
    }

    internal ActivationTensor Tensor(RuleScope scope, int index, string role)
    {
        if ((uint)index >= (uint)_plan.Tensors.Count)
            throw scope.Error(ModelFormatCode.Index, $"Its {role} is tensor {index}; the plan has {_plan.Tensors.Count}.");
        return _plan.Tensors[index];
    }

    internal RecurrentLayer UseLayer(RuleScope scope, int index, bool startsAnew)
    {
        if ((uint)index >= (uint)_model.Layers.Count)
            throw scope.Error(ModelFormatCode.Index, $"It runs layer {index}; the model has {_model.Layers.Count}.");
        if (!_layers.Add(index))
            throw scope.Error(ModelFormatCode.Plan, $"It runs layer '{_model.Layers[index].Name}', which another operation of the plan runs too; each has one state.");
        if (_model.Layers[index].Reverse && !startsAnew && ReferenceEquals(_plan, _model.Step))
            throw scope.Error(ModelFormatCode.Plan, $"It runs layer '{_model.Layers[index].Name}' step by step, though the layer walks from the last step to the first.");
        return _model.Layers[index];
    }

    /// <summary>Marks a tensor as given before the operations run; false when it is already.</summary>
    internal bool Give(int index) => !_given[index] && (_given[index] = true);

    /// <summary>Whether operations write the whole tensor.</summary>
    internal bool IsComputed(int index) => !_given[index] && IsComplete(index);

    private ActivationTensor Find(RuleScope scope, int index, string role, long count)
    {
        ActivationTensor tensor = Tensor(scope, index, role);
        if (tensor.Count != count)
            throw scope.Error(ModelFormatCode.Operand, $"Its {role} '{tensor.Name}' has {tensor.Count} elements, not {count}.");
        return tensor;
    }

    private bool IsComplete(int index) => _given[index] || _written[index] >= _plan.Tensors[index].Count;

    private void CheckTensors()
    {
        HashSet<string> names = [];
        long total = 0;
        foreach (ActivationTensor tensor in _plan.Tensors)
        {
            _scope.CheckPresent(tensor, ModelFormatCode.Plan, "tensor");
            _scope.CheckName(tensor.Name, "tensor's name");
            RuleScope scope = _scope.Inside($"tensor '{tensor.Name}'");
            if (!names.Add(tensor.Name))
                throw scope.Error(ModelFormatCode.Duplicate, "Another tensor of the plan has the same name.");
            scope.CheckPresent(tensor.Shape, ModelFormatCode.Shape, "shape");
            if (tensor.Shape.Count > Format.MaxRank)
                throw scope.Error(ModelFormatCode.Shape, $"It has {tensor.Shape.Count} dimensions, more than {Format.MaxRank}.");
            total += OperationRules.Product(scope, tensor.Shape);
            if (total > MaxElements)
                throw scope.Error(ModelFormatCode.TooLarge, $"The plan's tensors have more than {MaxElements} elements together.");
            scope.CheckQuantization(tensor.Quantization, "quantization");
        }
    }

    private void CheckConstantTensors()
    {
        foreach ((int index, string name) in _plan.ConstantTensors ?? throw _scope.Error(ModelFormatCode.Plan, "Its constant tensors are missing."))
        {
            ActivationTensor tensor = Tensor(_scope, index, "constant tensor");
            ConstantTensor constant = _constants.Find(_scope, name, "values");
            if (constant.Type != tensor.Quantization.Type || constant.Count != tensor.Count)
                throw _scope.Error(ModelFormatCode.Constant, $"The constant '{name}' does not have the type and the number of elements of tensor '{tensor.Name}'.");
            _given[index] = true;
        }
    }

    private void CheckInputs()
    {
        long total = 0;
        foreach (PlanPort port in Ports(_plan.Inputs, "input"))
        {
            ActivationTensor tensor = Tensor(_scope, port.Tensor, "input");
            if (_given[port.Tensor])
                throw _scope.Error(ModelFormatCode.Order, $"Its input '{port.Name}' is a constant or another input too.");
            _given[port.Tensor] = true;
            total += tensor.Count;
        }
        int channels = _model.Channels.Count;
        if (channels > 0 && total != (long)channels * _plan.Steps)
            throw _scope.Error(ModelFormatCode.Plan, $"Its inputs have {total} elements, but {channels} channels over {_plan.Steps} steps make {(long)channels * _plan.Steps}.");
    }

    private void CheckOutputs()
    {
        foreach (PlanPort port in Ports(_plan.Outputs, "output"))
        {
            ActivationTensor tensor = Tensor(_scope, port.Tensor, "output");
            if (!IsComplete(port.Tensor))
                throw _scope.Error(ModelFormatCode.Order, $"Its output '{port.Name}' is tensor '{tensor.Name}', which nothing (wholly) writes.");
        }
    }

    private IReadOnlyList<PlanPort> Ports(IReadOnlyList<PlanPort>? ports, string what)
    {
        if (ports is null or [])
            throw _scope.Error(ModelFormatCode.Plan, $"It has no {what}.");
        HashSet<string> names = [];
        foreach (PlanPort port in ports)
        {
            _scope.CheckPresent(port, ModelFormatCode.Plan, what);
            _scope.CheckName(port.Name, $"{what}'s name");
            if (!names.Add(port.Name))
                throw _scope.Error(ModelFormatCode.Duplicate, $"Two of its {what}s are called '{port.Name}'.");
        }
        return ports;
    }
}
