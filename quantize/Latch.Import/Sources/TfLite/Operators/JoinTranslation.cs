namespace Latch.Import.Sources.TfLite.Operators;

/// <summary>Values joined along an axis, and taken apart along one.</summary>
internal static class JoinTranslation
{
    public static void Concatenation(TfLiteCall call)
    {
        FusedActivation.Refuse(call, field: 1);
        call.Write("Concat", [.. Enumerable.Range(0, call.InputCount).Select(call.Input)], ("axis", call.Int(0)));
    }

    /// <summary>Values joined along a new axis.</summary>
    public static void Pack(TfLiteCall call)
    {
        int axis = call.Int(1);
        string axes = call.Constant("axes", axis);
        string[] rows = [.. Enumerable.Range(0, call.InputCount).Select(input => call.Inner("Unsqueeze", [call.Input(input), axes]))];
        call.Write("Concat", rows, ("axis", axis));
    }

    /// <summary>The values along an axis, which is gone.</summary>
    public static void Unpack(TfLiteCall call)
    {
        int axis = call.Int(1);
        string[] rows = [.. Enumerable.Range(0, call.OutputCount).Select(row => call.NewName($"row{row}"))];
        call.Node("Split", call.NewName("rows"), [call.Input(0), call.Constant("lengths", [.. rows.Select(_ => 1)])], rows, ("axis", axis));
        string axes = call.Constant("axes", axis);
        for (int row = 0; row < rows.Length; row++)
            call.WriteTo(row, "Squeeze", [rows[row], axes]);
    }

    /// <summary>Equal parts.</summary>
    public static void Split(TfLiteCall call)
    {
        int axis = call.Integer(0, "axis");
        int[] shape = call.Shape(1);
        int from = axis < 0 ? axis + shape.Length : axis;
        if (from < 0 || from >= shape.Length || call.OutputCount == 0 || shape[from] % call.OutputCount != 0)
            throw call.Fail(ImportErrorCode.ShapeMismatch, $"the shape [{string.Join(',', shape)}] has no {call.OutputCount} equal parts along axis {axis}", "axis");
        call.Node("Split", call.Name, [call.Input(1)], Outputs(call), ("axis", axis), ("num_outputs", call.OutputCount));
    }

    /// <summary>Parts of given lengths, one of which may be the rest (-1).</summary>
    public static void SplitV(TfLiteCall call)
    {
        int[] lengths = call.Integers(1, "size_splits");
        int axis = call.Integer(2, "axis");
        int[] shape = call.Shape(0);
        int from = axis < 0 ? axis + shape.Length : axis;
        if (from < 0 || from >= shape.Length || lengths.Length != call.OutputCount || lengths.Count(length => length < 0) > 1)
            throw call.Fail(ImportErrorCode.ShapeMismatch, $"[{string.Join(',', lengths)}] are no lengths of {call.OutputCount} parts along axis {axis}", "size_splits");
        long rest = shape[from] - lengths.Where(length => length > 0).Sum(length => (long)length);
        int[] parts = [.. lengths.Select(length => length < 0 ? (int)Math.Max(-1, rest) : length)];
        call.Node("Split", call.Name, [call.Input(0), call.Constant("lengths", parts)], Outputs(call), ("axis", axis));
    }

    private static string[] Outputs(TfLiteCall call) => [.. Enumerable.Range(0, call.OutputCount).Select(call.Output)];
}
