using Latch.Import.Onnx;
using DataType = Latch.Import.Onnx.TensorProto.Types.DataType;
using Dimension = Latch.Import.Onnx.TensorShapeProto.Types.Dimension;

namespace Latch.Import.Folding;

/// <summary>
/// The dimensions of the graph's inputs that the file leaves open, and the order in which meanings are tried for them.
/// Each is either the batch, which becomes 1, or the sequence axis, which becomes the number of steps. Dimensions of the
/// same name have the same meaning.
/// </summary>
internal sealed class InputDimensions
{
    private const int MostOpen = 6;

    private static readonly DataType[] s_types = [DataType.Float, DataType.Double, DataType.Float16, DataType.Int64, DataType.Int32, DataType.Uint8, DataType.Int8, DataType.Bool];

    private static readonly string[] s_sequenceWords = ["seq", "time", "step", "frame", "len"];

    private readonly string _source;
    private readonly List<(string Key, int Order)> _open = [];
    private bool _openBehindTheFirst;
    private readonly Dictionary<string, int> _numbers = [];

    public InputDimensions(IReadOnlyList<ValueInfoProto> inputs, string source)
    {
        Inputs = inputs;
        _source = source;
        foreach (ValueInfoProto input in inputs)
            Register(input);
        if (_open.Count > MostOpen)
        {
            throw new ImportException(
                ImportErrorCode.UnresolvedShape,
                source,
                $"the inputs leave {_open.Count} dimensions open; export the model with all but batch and sequence fixed");
        }
    }

    /// <summary>The inputs that the outputs depend on.</summary>
    public IReadOnlyList<ValueInfoProto> Inputs { get; }

    /// <summary>Whether an input leaves more open than its batch.</summary>
    public bool AnyOpen => _openBehindTheFirst;

    /// <summary>
    /// Every way to call each open dimension the sequence axis (true) or the batch (false), the likeliest first: that
    /// which agrees with the dimensions' names; then, with recurrent nodes, one that has a sequence axis; then the one in
    /// which the first open dimension of an input is the batch and the second the sequence axis.
    /// </summary>
    public IEnumerable<bool[]> Candidates(bool recurrent) => Enumerable.Range(0, 1 << _open.Count)
        .Select(bits => _open.Select((_, i) => (bits & (1 << i)) != 0).ToArray())
        .OrderBy(candidate => candidate.Where((isSequence, i) => ContradictsName(_open[i].Key, isSequence)).Count())
        .ThenBy(candidate => recurrent && !candidate.Contains(true) ? 1 : 0)
        .ThenBy(candidate => candidate.Where((isSequence, i) => isSequence != (_open[i].Order == 1)).Count());

    /// <summary>The shape of an input under a choice.</summary>
    public int[] Shape(ValueInfoProto input, bool[] isSequence, int steps, BatchRule batch) =>
        [.. input.Type.TensorType.Shape.Dim.Select((dimension, axis) =>
            batch.Axes.GetValueOrDefault(input.Name, -1) == axis ? 1
            : !IsOpen(dimension) ? (int)dimension.DimValue
            : isSequence[_numbers[Key(input, dimension, axis)]] ? steps : 1)];

    /// <summary>
    /// What can be done with a batch of more than 1: it is that of the inputs, which becomes 1, or, always where the first axis of the first input is 1 or open,
    /// its rows become layers.
    /// </summary>
    public IEnumerable<BatchRule> BatchRules(int batch)
    {
        bool hasBatch = Inputs.Count > 0 && Inputs[0].Type.TensorType.Shape.Dim is [{ DimValue: <= 1 }, ..];
        int[][] axes = [.. Inputs.Select(input => BatchAxes(input, batch))];
        int choices = axes.Aggregate(1, (product, own) => Math.Min(1 << MostOpen, product * own.Length));
        for (int choice = 0; choice < choices && !hasBatch && axes.Any(own => own.Length > 1); choice++)
        {
            Dictionary<string, int> chosen = [];
            for (int input = 0, rest = choice; input < axes.Length; rest /= axes[input++].Length)
                chosen[Inputs[input].Name] = axes[input][rest % axes[input].Length];
            if (chosen.Values.Any(axis => axis >= 0))
                yield return new BatchRule { Fixed = batch, Axes = chosen };
        }
        if (batch <= BatchRule.MostRows)
            yield return new BatchRule { Rows = true };
    }

    /// <summary>The first two axes of an input that have the length of a batch, and -1 for none.</summary>
    private static int[] BatchAxes(ValueInfoProto input, int batch) =>
        [.. Enumerable.Range(0, Math.Min(2, input.Type.TensorType.Shape.Dim.Count)).Where(axis => input.Type.TensorType.Shape.Dim[axis].DimValue == batch), -1];

    /// <summary>What an input holds.</summary>
    public static ElementKind Kind(ValueInfoProto input) => (DataType)input.Type.TensorType.ElemType switch
    {
        DataType.Float or DataType.Double or DataType.Float16 => ElementKind.Given,
        DataType.Bool => ElementKind.Truth,
        _ => ElementKind.Integer,
    };

    private void Register(ValueInfoProto input)
    {
        if (input.Type?.TensorType is not { Shape: { } shape } tensor)
        {
            throw new ImportException(
                ImportErrorCode.UnresolvedShape, _source, $"the input '{input.Name}' has no shape; export the model with shapes");
        }
        if (!s_types.Contains((DataType)tensor.ElemType))
        {
            throw new ImportException(
                ImportErrorCode.UnsupportedForm,
                _source,
                $"the input '{input.Name}' is of type {(DataType)tensor.ElemType}; supported are float32, float64, float16, int64, int32, uint8, int8 and bool");
        }
        int order = 0;
        for (int axis = 0; axis < shape.Dim.Count; axis++)
        {
            Dimension dimension = shape.Dim[axis];
            if (dimension.DimValue > int.MaxValue)
            {
                throw new ImportException(
                    ImportErrorCode.UnresolvedShape, _source, $"axis {axis} of the input '{input.Name}' has length {dimension.DimValue}");
            }
            string key = Key(input, dimension, axis);
            if (!IsOpen(dimension))
                continue;
            _openBehindTheFirst |= axis > 0;
            if (_numbers.TryAdd(key, _open.Count))
                _open.Add((key, order));
            order++;
        }
    }

    private static bool IsOpen(Dimension dimension) => dimension.DimValue <= 0;

    private static string Key(ValueInfoProto input, Dimension dimension, int axis) =>
        dimension.DimParam.Length > 0 ? dimension.DimParam : $"{input.Name}#{axis}";

    private static bool ContradictsName(string key, bool isSequence)
    {
        if (key.Contains('#'))
            return false;
        bool batch = key.Contains("batch", StringComparison.OrdinalIgnoreCase) || key is "N" or "B" or "b";
        bool sequence = s_sequenceWords.Any(word => key.Contains(word, StringComparison.OrdinalIgnoreCase)) || key is "T" or "t";
        return batch != sequence && isSequence != sequence;
    }
}
