using Latch.Import.Onnx;
using Latch.Import.Sources.TfLite.Operators;

namespace Latch.Import.Sources.TfLite;

/// <summary>Translates the operators of a file that its outputs depend on, one after the other.</summary>
internal sealed class TfLiteTranslator
{
    private const string Producer = "TensorFlow Lite";

    private readonly TfLiteModel _model;
    private readonly string _source;
    private readonly TfLiteOperator[] _operators;
    private readonly GraphWriter _writer;
    private readonly TensorTable _tensors;
    private readonly List<string> _notes = [];

    public TfLiteTranslator(TfLiteModel model, string source)
    {
        (_model, _source) = (model, source);
        _operators = Needed(model);
        _writer = new GraphWriter(Path.GetFileNameWithoutExtension(source), Producer);
        _tensors = new TensorTable(model, _writer, source);
    }

    /// <summary>What a user should know.</summary>
    public IEnumerable<string> Notes => _notes.Distinct();

    /// <summary>The number of steps of the first recurrent layer, where the file fixes it; else 0.</summary>
    public int FixedSteps => _operators.Select(StepsOf).FirstOrDefault(steps => steps > 0);

    /// <summary>The axes of inputs that are as long as the fixed number of steps; the features, the last axis of several, are none.</summary>
    public IReadOnlyList<(string Input, int Axis)> StepAxes()
    {
        List<(string, int)> axes = [];
        foreach (int input in _model.Inputs.Where(IsRead).Distinct())
        {
            TfLiteTensor tensor = _model.Tensors[input];
            bool isRow = tensor.Shape.Length == 2 && tensor.Type != TfLiteType.Float32;
            int axis = Array.IndexOf(tensor.Shape, FixedSteps, 0, Math.Max(0, tensor.Shape.Length - (isRow ? 0 : 1)));
            if (FixedSteps > 1 && axis >= 0 && IsFixed(tensor, axis))
                axes.Add((_tensors.Name(input), axis));
        }
        return axes;
    }

    private int StepsOf(TfLiteOperator one)
    {
        if (!RecurrentTimes.TryOf(one, out bool timeMajor) || one.Inputs.Length == 0 || one.Inputs[0] < 0)
            return 0;
        TfLiteTensor input = _model.Tensors[one.Inputs[0]];
        int axis = timeMajor ? 0 : 1;
        return input.Shape.Length == 3 && IsFixed(input, axis) ? input.Shape[axis] : 0;
    }

    private static bool IsFixed(TfLiteTensor tensor, int axis) => tensor.Signature.Length == 0 || tensor.Signature[axis] >= 0;

    public ModelProto Run()
    {
        RefuseUnsupported();
        _tensors.GiveInputs([.. _model.Inputs.Where(IsRead)]);
        foreach (TfLiteOperator one in _operators)
            TfLiteOperators.Translate(new TfLiteCall(one, _tensors, _writer, _source, _notes));
        HashSet<string> given = [];
        foreach (int output in _model.Outputs)
            _tensors.GiveOutput(output, given);
        return _writer.Model;
    }

    private bool IsRead(int tensor) => _model.Outputs.Contains(tensor) || _operators.Any(one => one.Inputs.Contains(tensor));

    /// <summary>The operators that the outputs depend on, in their order.</summary>
    private static TfLiteOperator[] Needed(TfLiteModel model)
    {
        HashSet<int> wanted = [.. model.Outputs];
        List<TfLiteOperator> needed = [];
        foreach (TfLiteOperator one in model.Operators.Reverse())
        {
            if (!one.Outputs.Any(wanted.Contains))
                continue;
            wanted.UnionWith(one.Inputs);
            needed.Add(one);
        }
        needed.Reverse();
        return [.. needed];
    }

    private void RefuseUnsupported()
    {
        TfLiteOperator[] refused = [.. _operators.Where(one => !TfLiteOperators.Supports(one))];
        if (refused.Length == 0)
            return;
        IEnumerable<string> names = refused.Select(one => one.Name).Distinct().Order(StringComparer.Ordinal);
        TfLiteOperator first = refused.FirstOrDefault(one => Refusals.Hint(one.Name).Length > 0, refused[0]);
        throw new ImportException(
            ImportErrorCode.UnsupportedOperator,
            _source,
            $"unsupported: {string.Join(", ", names)}. {Refusals.Hint(first.Name)}Supported operators: {string.Join(", ", TfLiteOperators.Names)}",
            first.Outputs.Length > 0 ? _model.Tensors[first.Outputs[0]].Name : "",
            first.Name);
    }
}
