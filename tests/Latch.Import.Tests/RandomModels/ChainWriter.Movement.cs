using Latch.Import.Onnx;
using DataType = Latch.Import.Onnx.TensorProto.Types.DataType;

namespace Latch.Import.Tests.RandomModels;

/// <summary>Links that move elements, and the shape arithmetic around them.</summary>
internal sealed partial class ChainWriter
{
    private bool Reshape()
    {
        if (Rank < 2)
            return false;
        (long[] wanted, int[] shape) = _random.Next(3) switch
        {
            0 => (new long[] { 0, -1 }, new[] { _shape[0], Count / _shape[0] }),
            1 => ([-1, _shape[^1]], [Count / _shape[^1], _shape[^1]]),
            _ => ([1, -1, 1, _shape[^1]], [1, Count / _shape[^1], 1, _shape[^1]]),
        };
        return Set(_writer.Node("Reshape", [_value, _writer.Integers(wanted)]), shape);
    }

    /// <summary>The shape put together from parts of the value's own: Shape, Gather, Unsqueeze, Concat.</summary>
    private bool ComputedReshape()
    {
        if (Rank < 2)
            return false;
        string first = _writer.Node("Gather", [ShapeOf(), _writer.Scalar(0)], ("axis", 0));
        string vector = AxesNode("Unsqueeze", first, 13, 0);
        string doubled = _writer.Node("Mul", [_writer.Node("Add", [vector, vector]), _writer.Integers(1)]);
        string halved = _writer.Node("Div", [doubled, _writer.Integers(2)]);
        string narrow = _writer.Node("Cast", [halved], ("to", (int)DataType.Int32));
        string wide = _writer.Node("Cast", [narrow], ("to", (int)DataType.Int64));
        string shape = _writer.Node("Concat", [wide, _writer.Integers(-1)], ("axis", 0));
        return Set(_writer.Node("Reshape", [_value, shape]), _shape[0], Count / _shape[0]);
    }

    private bool SizeReshape()
    {
        string size = _writer.Node("Size", [_value]);
        string vector = AxesNode("Unsqueeze", size, 13, 0);
        string shape = _writer.Node("Concat", [_writer.Integers(1), vector], ("axis", 0));
        return Set(_writer.Node("Reshape", [_value, shape]), 1, Count);
    }

    private bool Squeeze()
    {
        int[] single = [.. Enumerable.Range(0, Rank).Where(axis => _shape[axis] == 1)];
        if (single.Length == 0)
            return false;
        int gone = single[_random.Next(single.Length)];
        return Set(AxesNode("Squeeze", _value, 13, Signed(gone)), [.. _shape.Where((_, axis) => axis != gone)]);
    }

    private bool Unsqueeze()
    {
        if (Rank > 4)
            return false;
        int added = _random.Next(Rank + 1);
        long axis = Opset >= 11 && Chance ? added - Rank - 1 : added;
        return Set(AxesNode("Unsqueeze", _value, 13, axis), [.. _shape[..added], 1, .. _shape[added..]]);
    }

    private bool Flatten()
    {
        if (Rank == 0)
            return false;
        int axis = _random.Next(Rank + 1);
        int rows = _shape[..axis].Aggregate(1, (a, b) => a * b);
        return Set(_writer.Node("Flatten", [_value], ("axis", axis)), rows, Count / rows);
    }

    private bool Transpose()
    {
        int[] permutation = [.. Enumerable.Range(0, Rank).Reverse()];
        if (Chance)
            return Set(_writer.Node("Transpose", [_value]), [.. permutation.Select(axis => _shape[axis])]);
        _random.Shuffle(permutation);
        return Set(
            _writer.Node("Transpose", [_value], ("perm", permutation.Select(axis => (long)axis).ToArray())),
            [.. permutation.Select(axis => _shape[axis])]);
    }

    private bool Slice()
    {
        if (Rank == 0)
            return false;
        int axis = Axis;
        int length = _shape[axis];
        int start = _random.Next(length);
        bool backwards = Opset >= 10 && Chance;
        int step = Opset >= 10 ? _random.Next(1, 3) : 1;
        int count = backwards ? (start / step) + 1 : (length - start + step - 1) / step;
        long first = Chance ? start : start - length;
        long end = backwards ? (Chance ? -length - 1 : int.MinValue) : Chance ? length : long.MaxValue;
        int[] shape = [.. _shape];
        shape[axis] = count;
        if (Opset < 10)
        {
            return Set(
                _writer.Node("Slice", [_value], ("starts", new[] { first }), ("ends", new[] { end }), ("axes", new long[] { axis })), shape);
        }
        string[] inputs =
        [
            _value, _writer.Integers(first), _writer.Integers(end), _writer.Integers(Signed(axis)), _writer.Integers(backwards ? -step : step),
        ];
        return Set(_writer.Node("Slice", inputs), shape);
    }

    private bool Gather()
    {
        if (Rank == 0)
            return false;
        int axis = Axis;
        int[] indexShape = _random.Next(3) switch { 0 => [], 1 => [_random.Next(1, 4)], _ => [2, 2] };
        int count = indexShape.Aggregate(1, (a, b) => a * b);
        if (Count / _shape[axis] * count > Largest || Rank + indexShape.Length > 6)
            return false;
        long[] indices = [.. Enumerable.Range(0, count).Select(_ => _random.Next(_shape[axis]) - (Opset >= 11 && Chance ? (long)_shape[axis] : 0))];
        string gathered = _writer.Node("Gather", [_value, _writer.Integers(indexShape, indices)], ("axis", (int)Signed(axis)));
        return Set(gathered, [.. _shape[..axis], .. indexShape, .. _shape[(axis + 1)..]]);
    }

    private bool Concat()
    {
        if (Rank == 0 || Count * 3 > Largest)
            return false;
        int axis = Axis;
        string[] parts = [_value, _writer.Node("Tanh", [_value]), _writer.Floats(_random, 1, _shape)];
        _random.Shuffle(parts);
        int[] shape = [.. _shape];
        shape[axis] *= 3;
        return Set(_writer.Node("Concat", parts, ("axis", (int)Signed(axis))), shape);
    }

    private bool Split()
    {
        if (Rank == 0 || _shape.All(length => length < 2))
            return false;
        int axis = Axis;
        while (_shape[axis] < 2)
            axis = Axis;
        long first = _random.Next(1, _shape[axis]);
        string[] parts = [_writer.NewName("part"), _writer.NewName("part")];
        bool equal = _shape[axis] % 2 == 0 && Chance;
        first = equal ? _shape[axis] / 2 : first;
        long[] lengths = [first, _shape[axis] - first];
        List<(string, object)> attributes = [("axis", (int)Signed(axis))];
        List<string> inputs = [_value];
        if (equal && Opset >= 18)
            attributes.Add(("num_outputs", 2));
        else if (!equal && Opset < 13)
            attributes.Add(("split", lengths));
        else if (!equal)
            inputs.Add(_writer.Integers(lengths));
        _writer.Node("Split", [.. inputs], parts, [.. attributes]);
        if (Chance)
            return Set(_writer.Node("Concat", [parts[1], parts[0]], ("axis", axis)), _shape);
        int[] shape = [.. _shape];
        shape[axis] = (int)lengths[1];
        return Set(parts[1], shape);
    }

    /// <summary>A mean spread back over the value's own shape.</summary>
    private bool Expand()
    {
        if (Rank == 0 || Opset < 8)
            return false;
        string largest = _writer.Node("ReduceMax", [_value], ("keepdims", 1));
        string spread = _writer.Node("Expand", [largest, ShapeOf()]);
        return Set(_writer.Node("Sub", [_value, spread]), _shape);
    }

    /// <summary>The form in which PyTorch writes expand: -1 in the wanted shape stands for 1.</summary>
    private bool WhereExpand()
    {
        if (Rank == 0 || Opset < 11 || Count * 2 > Largest)
            return false;
        string wanted = _writer.Integers([.. Enumerable.Repeat(-1L, Rank).Prepend(2)]);
        string ones = _writer.Node("ConstantOfShape", [_writer.Integers(Rank + 1)], ("value", Filling(1)));
        string open = _writer.Node("Equal", [wanted, _writer.Node("Mul", [ones, _writer.Integers(-1)])]);
        string shape = _writer.Node("Where", [open, ones, wanted]);
        return Set(_writer.Node("Expand", [_value, shape]), [2, .. _shape]);
    }

    private bool Tile()
    {
        int[] repeats = [.. _shape.Select(_ => _random.Next(1, 3))];
        int[] shape = [.. _shape.Zip(repeats, (length, times) => length * times)];
        if (Rank == 0 || shape.Aggregate(1, (a, b) => a * b) > Largest)
            return false;
        return Set(_writer.Node("Tile", [_value, _writer.Integers([.. repeats.Select(times => (long)times)])]), shape);
    }

    private bool Pass()
    {
        string dropped = Opset < 12 || Chance
            ? _writer.Node("Dropout", [_value])
            : _writer.Node("Dropout", [_value, _writer.Floats([], [0.5f]), _writer.Integers([], [0], DataType.Bool)]);
        string same = _writer.Node("Cast", [_writer.Node("Identity", [dropped])], ("to", (int)DataType.Float));
        return Set(same, _shape);
    }

    /// <summary>A constant of the value's own shape, and Constant nodes in the forms of the operator set.</summary>
    private bool Filled()
    {
        if (Opset < 9)
            return false;
        string zeros = _writer.Node("ConstantOfShape", [ShapeOf()]);
        string one = Opset >= 12
            ? _writer.Node("Constant", [], ("value_float", 1f))
            : _writer.Node("Constant", [], ("value", Filling(1f)));
        return Set(_writer.Node("Add", [_value, _writer.Node("Add", [zeros, one])]), _shape);
    }

    /// <summary>All steps of an axis by a Range that ends at its length.</summary>
    private bool RangeGather()
    {
        if (Rank == 0 || Opset < 11)
            return false;
        string length = _writer.Node("Gather", [ShapeOf(), _writer.Scalar(0)]);
        string range = _writer.Node("Range", [_writer.Scalar(0), length, _writer.Scalar(1)]);
        return Set(_writer.Node("Gather", [_value, range], ("axis", 0)), _shape);
    }

    /// <summary>A number of repeats made of comparisons, logic and a reduction of integers; it is always 2.</summary>
    private bool LogicTile()
    {
        if (Rank == 0 || Opset < 16 || Count * 2 > Largest)
            return false;
        string rank = _writer.Node("ReduceProd", [_writer.Node("Shape", [ShapeOf()])], ("keepdims", 0));
        string positive = _writer.Node("Greater", [rank, _writer.Scalar(0)]);
        string atLeast = _writer.Node("GreaterOrEqual", [rank, _writer.Scalar(1)]);
        string less = _writer.Node("Less", [rank, _writer.Scalar(0)]);
        string atMost = _writer.Node("LessOrEqual", [rank, _writer.Scalar(100)]);
        string both = _writer.Node("And", [_writer.Node("And", [positive, atLeast]), _writer.Node("Not", [less])]);
        string truth = _writer.Node("And", [_writer.Node("Or", [both, less]), atMost]);
        string times = _writer.Node("Where", [truth, _writer.Integers(2), _writer.Integers(5)]);
        string ones = _writer.Integers([.. Enumerable.Repeat(1L, Rank - 1)]);
        string repeats = Rank == 1 ? times : _writer.Node("Concat", [times, ones], ("axis", 0));
        return Set(_writer.Node("Tile", [_value, repeats]), [2 * _shape[0], .. _shape[1..]]);
    }

    private static TensorProto Filling(long number)
    {
        TensorProto tensor = new() { DataType = (int)DataType.Int64 };
        tensor.Dims.Add(1);
        tensor.Int64Data.Add(number);
        return tensor;
    }

    private static TensorProto Filling(float number)
    {
        TensorProto tensor = new() { DataType = (int)DataType.Float };
        tensor.Dims.Add(1);
        tensor.FloatData.Add(number);
        return tensor;
    }
}
