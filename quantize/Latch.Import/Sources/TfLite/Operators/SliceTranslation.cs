namespace Latch.Import.Sources.TfLite.Operators;

/// <summary>Parts of a value: ranges along its axes, chosen rows.</summary>
internal static class SliceTranslation
{
    /// <summary>Begin and size per axis; a size of -1 reaches to the end.</summary>
    public static void Slice(TfLiteCall call)
    {
        int[] begins = call.Integers(1, "begin");
        int[] sizes = call.Integers(2, "size");
        if (begins.Length != call.Rank(0) || sizes.Length != begins.Length || begins.Any(begin => begin < 0) || sizes.Any(size => size < -1))
            throw call.Fail(ImportErrorCode.ShapeMismatch, $"begin [{string.Join(',', begins)}] and size [{string.Join(',', sizes)}] do not fit {call.Rank(0)} axes", "size");
        int[] ends = [.. begins.Zip(sizes, (begin, size) => size < 0 ? int.MaxValue : (int)Math.Min(int.MaxValue, (long)begin + size))];
        call.Write("Slice", [call.Input(0), call.Constant("starts", begins), call.Constant("ends", ends)]);
    }

    /// <summary>Begin, end and stride per axis. Bits of the masks leave a bound away, or take one element and its axis away.</summary>
    public static void StridedSlice(TfLiteCall call)
    {
        int[] begins = call.Integers(1, "begin");
        int[] ends = call.Integers(2, "end");
        int[] strides = call.Integers(3, "strides");
        if (ends.Length != begins.Length || strides.Length != begins.Length || begins.Length > call.Rank(0))
            throw call.Fail(ImportErrorCode.ShapeMismatch, $"{begins.Length} begins, {ends.Length} ends and {strides.Length} strides do not fit {call.Rank(0)} axes", "begin");
        if (call.Int(2) != 0 || call.Int(3) != 0)
            throw call.Fail(ImportErrorCode.UnsupportedForm, "new axes and an ellipsis are not supported; write the axes out, and use EXPAND_DIMS", call.Int(2) != 0 ? "ellipsis_mask" : "new_axis_mask");
        int shrunk = call.Int(4) & ((1 << begins.Length) - 1);
        for (int axis = 0; axis < begins.Length; axis++)
        {
            if ((shrunk & (1 << axis)) != 0)
                (ends[axis], strides[axis]) = (begins[axis] == -1 ? int.MaxValue : begins[axis] + 1, 1);
            else
                Bounds(call, axis, begins, ends, strides);
        }
        string[] inputs = [call.Input(0), call.Constant("starts", begins), call.Constant("ends", ends), call.Constant("axes", [.. Enumerable.Range(0, begins.Length)]), call.Constant("steps", strides)];
        if (shrunk == 0)
            call.Write("Slice", inputs);
        else
            call.Write("Squeeze", [call.Inner("Slice", inputs), call.Constant("shrunk", [.. Enumerable.Range(0, begins.Length).Where(axis => (shrunk & (1 << axis)) != 0)])]);
    }

    private static void Bounds(TfLiteCall call, int axis, int[] begins, int[] ends, int[] strides)
    {
        bool backward = strides[axis] < 0;
        if (call.Bool(5))
            ends[axis] = (int)Math.Min(int.MaxValue, (long)begins[axis] + ends[axis]);
        if ((call.Int(0) & (1 << axis)) != 0)
            begins[axis] = backward ? int.MaxValue : 0;
        if ((call.Int(1) & (1 << axis)) != 0)
            ends[axis] = backward ? int.MinValue : int.MaxValue;
    }

    public static void Reverse(TfLiteCall call)
    {
        int[] axes = call.Integers(1, "axis");
        int[] Repeated(int number) => [.. axes.Select(_ => number)];
        call.Write("Slice", [call.Input(0), call.Constant("starts", Repeated(int.MaxValue)), call.Constant("ends", Repeated(int.MinValue)), call.Constant("axes", axes), call.Constant("steps", Repeated(-1))]);
    }

    public static void Gather(TfLiteCall call)
    {
        if (call.Int(1) != 0)
            throw call.Fail(ImportErrorCode.UnsupportedForm, $"is {call.Int(1)}; only 0 is supported", "batch_dims");
        call.Write("Gather", [call.Input(0), call.Input(1)], ("axis", call.Int(0)));
    }

    public static void GatherNd(TfLiteCall call) => call.Write("GatherND", [call.Input(0), call.Input(1)]);

    public static void EmbeddingLookup(TfLiteCall call) => call.Write("Gather", [call.Input(1), call.Input(0)], ("axis", 0));
}
