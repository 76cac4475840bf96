namespace Latch.Import.Tests.RandomModels;

/// <summary>Links that compute.</summary>
internal sealed partial class ChainWriter
{
    private bool Activation()
    {
        string name = _random.GetItems(
            ["Relu", "Sigmoid", "Tanh", "LeakyRelu", "Elu", "HardSigmoid", "Softplus", "Softsign", "ThresholdedRelu", "Neg"], 1)[0];
        if (name == "ThresholdedRelu" && Opset < 10)
            return false;
        (string, object)[] attributes = name switch
        {
            "LeakyRelu" or "Elu" or "ThresholdedRelu" when Chance => [("alpha", 0.3f)],
            "HardSigmoid" when Chance => [("alpha", 0.4f), ("beta", 0.3f)],
            _ => [],
        };
        return Set(_writer.Node(name, [_value], attributes), _shape);
    }

    private bool PRelu()
    {
        int[] shape = Chance ? [1] : Chance || Rank == 0 ? [.. _shape] : [_shape[^1]];
        return Set(_writer.Node("PRelu", [_value, _writer.Floats(_random, 1, shape)]), _shape);
    }

    private bool Clip()
    {
        bool low = Chance;
        bool high = Chance;
        if (Opset < 11)
        {
            List<(string, object)> bounds = [];
            if (low)
                bounds.Add(("min", -0.4f));
            if (high)
                bounds.Add(("max", 0.7f));
            return Set(_writer.Node("Clip", [_value], [.. bounds]), _shape);
        }
        List<string> inputs = [_value, low ? _writer.Floats([], [-0.4f]) : ""];
        if (high)
            inputs.Add(_writer.Floats([], [0.7f]));
        return Set(_writer.Node("Clip", [.. inputs]), _shape);
    }

    private bool ConstantOperand()
    {
        string name = _random.GetItems(["Add", "Sub", "Mul", "Div"], 1)[0];
        int[] shape = _random.Next(4) switch
        {
            0 => [],
            1 when Rank > 0 => [_shape[^1]],
            2 => [.. _shape.Select(length => Chance ? 1 : length)],
            _ => [.. _shape],
        };
        string constant = _writer.Floats(_random, 1, shape);
        if (name == "Div")
            constant = _writer.Node("Add", [_writer.Node("Sigmoid", [constant]), _writer.Floats([], [0.5f])]);
        bool swapped = name != "Div" && Chance;
        return Set(_writer.Node(name, swapped ? [constant, _value] : [_value, constant]), _shape);
    }

    private bool Branch()
    {
        string gate = _writer.Node(Chance ? "Sigmoid" : "Tanh", [_value]);
        string name = _random.GetItems(["Add", "Sub", "Mul", "Sum"], 1)[0];
        return Set(_writer.Node(name, [gate, _value]), _shape);
    }

    private bool Extremes()
    {
        if (Opset < 8)
            return false;
        string third = _writer.Node("Tanh", [_value]);
        return Set(_writer.Node(Chance ? "Max" : "Min", [_value, _writer.Floats([], [0.1f]), third]), _shape);
    }

    private bool Power()
    {
        string positive = _writer.Node("Sigmoid", [_value]);
        string exponent = Opset >= 12 && Chance ? _writer.Integers([], [2]) : _writer.Floats([], [1.5f]);
        return Set(_writer.Node("Pow", [positive, exponent]), _shape);
    }

    private bool MatMul()
    {
        if (Rank < 1 || Rank == 1 && Opset < 9)
            return false;
        int columns = _random.Next(1, 9);
        string product = _writer.Node("MatMul", [_value, _writer.Floats(_random, 0.5f, _shape[^1], columns)]);
        if (Chance)
        {
            string bias = _writer.Floats(_random, 0.5f, columns);
            product = _writer.Node("Add", Chance ? [product, bias] : [bias, product]);
        }
        return Set(product, [.. _shape[..^1], columns]);
    }

    private bool MatMulVector() => Rank >= 2
        && Set(_writer.Node("MatMul", [_value, _writer.Floats(_random, 0.5f, _shape[^1])]), _shape[..^1]);

    /// <summary>A product of two computed values: the value and its own transpose.</summary>
    private bool Gram()
    {
        if (Rank is < 2 or > 3)
            return false;
        long[] permutation = Rank == 2 ? [1, 0] : [0, 2, 1];
        string transposed = _writer.Node("Transpose", [_value], ("perm", permutation));
        string scaled = _writer.Node("Mul", [_writer.Node("MatMul", [_value, transposed]), _writer.Floats([], [0.3f])]);
        return Set(scaled, [.. _shape[..^1], _shape[^2]]);
    }

    private bool ConstantLeft()
    {
        if (Rank < 2)
            return false;
        int rows = _random.Next(1, 6);
        string left = _writer.Floats(_random, 0.5f, rows, _shape[^2]);
        return Set(_writer.Node("MatMul", [left, _value]), [.. _shape[..^2], rows, _shape[^1]]);
    }

    private bool Gemm()
    {
        if (Rank != 2)
            return false;
        int columns = _random.Next(1, 9);
        bool transposeLeft = Chance;
        bool transposeRight = Chance;
        int rows = _shape[transposeLeft ? 1 : 0];
        int inner = _shape[transposeLeft ? 0 : 1];
        string right = _writer.Floats(_random, 0.5f, transposeRight ? [columns, inner] : [inner, columns]);
        if (Chance && Chance)
            right = _writer.Node("Mul", [right, _writer.Node("ReduceMax", [_value], ("keepdims", 1))]);
        List<string> inputs = [_value, right];
        int[][] forms = [[columns], [1, columns], [1], [rows, 1], [rows, columns]];
        if (Opset < 11 || Chance)
            inputs.Add(_writer.Floats(_random, 0.5f, forms[_random.Next(forms.Length)]));
        List<(string, object)> attributes = [("transA", transposeLeft ? 1 : 0), ("transB", transposeRight ? 1 : 0)];
        if (Chance)
            attributes.AddRange([("alpha", 0.7f), ("beta", 1.3f)]);
        return Set(_writer.Node("Gemm", [.. inputs], [.. attributes]), rows, columns);
    }

    private bool Softmax()
    {
        if (Rank == 0)
            return false;
        if (Rank >= 2 && Chance)
            return Set(_writer.Node("Softmax", [_value]), _shape);
        return Set(_writer.Node("Softmax", [_value], ("axis", (int)Signed(Axis))), _shape);
    }

    private bool BatchNormalization()
    {
        if (Rank < 2)
            return false;
        int channels = _shape[1];
        string variance = _writer.Floats([channels], [.. Enumerable.Range(0, channels).Select(_ => 0.2f + _random.NextSingle())]);
        string[] inputs =
        [
            _value, _writer.Floats(_random, 1, channels), _writer.Floats(_random, 1, channels), _writer.Floats(_random, 1, channels), variance,
        ];
        return Set(_writer.Node("BatchNormalization", inputs, ("epsilon", 1e-3f), ("momentum", 0.8f)), _shape);
    }

    private bool LayerNormalization()
    {
        if (Opset < 17 || Rank == 0)
            return false;
        int axis = Axis;
        int[] normalized = _shape[axis..];
        if (normalized.Aggregate(1, (a, b) => a * b) < 2)
            return false;
        List<string> inputs = [_value, _writer.Floats(_random, 1, normalized)];
        if (Chance)
            inputs.Add(_writer.Floats(_random, 1, normalized));
        return Set(_writer.Node("LayerNormalization", [.. inputs], ("axis", (int)Signed(axis)), ("epsilon", 1e-2f)), _shape);
    }

    private bool Reduction()
    {
        string name = _random.GetItems(
        [
            "ReduceSum", "ReduceMean", "ReduceMax", "ReduceMin", "ReduceProd", "ReduceL1", "ReduceL2", "ReduceSumSquare", "ReduceLogSum",
            "ReduceLogSumExp",
        ], 1)[0];
        if (Rank == 0)
            return false;
        string input = name is "ReduceLogSum" ? _writer.Node("Softplus", [_value]) : _writer.Node("Tanh", [_value]);
        int[] axes = [.. Enumerable.Range(0, Rank).Where(_ => Chance)];
        bool keep = Chance;
        List<(string, object)> attributes = [("keepdims", keep ? 1 : 0)];
        List<string> inputs = [input];
        long[] signed = [.. axes.Select(axis => Signed(axis))];
        if (axes.Length == 0)
            axes = [.. Enumerable.Range(0, Rank)];
        else if (Opset >= (name == "ReduceSum" ? 13 : 18))
            inputs.Add(_writer.Integers(signed));
        else
            attributes.Add(("axes", signed));
        int[] shape = keep
            ? [.. _shape.Select((length, axis) => axes.Contains(axis) ? 1 : length)]
            : [.. _shape.Where((_, axis) => !axes.Contains(axis))];
        return Set(_writer.Node(name, [.. inputs], [.. attributes]), shape);
    }
}
