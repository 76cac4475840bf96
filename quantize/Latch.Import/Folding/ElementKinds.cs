namespace Latch.Import.Folding;

/// <summary>What the results of an ONNX operator hold, told from what its inputs hold.</summary>
internal static class ElementKinds
{
    private static readonly HashSet<string> s_truths =
        ["Equal", "Less", "LessOrEqual", "Greater", "GreaterOrEqual", "And", "Or", "Xor", "Not"];

    private static readonly HashSet<string> s_positions = ["ArgMax", "ArgMin", "Shape", "Size"];

    private static readonly HashSet<string> s_movements =
    [
        "Identity", "Dropout", "Reshape", "Flatten", "Squeeze", "Unsqueeze", "Transpose", "Gather", "GatherElements", "GatherND", "Expand", "Tile", "Slice", "Split",
        "Pad", "Trilu", "DepthToSpace", "SpaceToDepth",
    ];

    private static readonly HashSet<string> s_own =
    [
        "Cast", "CastLike", "ConstantOfShape", "If", "Loop", "Scan", "QuantizeLinear", "DequantizeLinear", "DynamicQuantizeLinear", "MatMulInteger", "ConvInteger",
        "QLinearMatMul", "QLinearConv", "DynamicQuantizeMatMul", "MatMulIntegerToFloat",
    ];

    /// <summary>Whether an operator's import says itself what its outputs hold.</summary>
    public static bool SetsItsOwn(string operatorName) => s_own.Contains(operatorName);

    /// <summary>The kind of an operator's outputs; Cast, whose target is an attribute, sets its own.</summary>
    /// <param name="operatorName">The operator.</param>
    /// <param name="inputs">The kinds of its inputs; <see cref="ElementKind.Real"/> for one left out.</param>
    public static ElementKind Of(string operatorName, IReadOnlyList<ElementKind> inputs)
    {
        if (s_truths.Contains(operatorName))
            return ElementKind.Truth;
        if (s_positions.Contains(operatorName))
            return ElementKind.Integer;
        if (inputs.Count == 0)
            return ElementKind.Real;
        if (operatorName == "Concat")
            return inputs.Min();
        ElementKind first = operatorName == "Where" ? inputs[1] : inputs[0];
        return s_movements.Contains(operatorName) || IsInteger(first) ? first : ElementKind.Real;
    }

    /// <summary>Whether the file has integers or truth values there.</summary>
    public static bool IsInteger(ElementKind kind) => kind >= ElementKind.Integer;
}
