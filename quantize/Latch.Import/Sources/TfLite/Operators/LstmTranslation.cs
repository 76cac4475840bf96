namespace Latch.Import.Sources.TfLite.Operators;

/// <summary>
/// LSTM layers. Inputs: x; input weights of the gates i, f, c, o; recurrent weights in the same order; peepholes i, f, o; biases i, f, c, o; projection weights and bias; the
/// variables h' and c'; layer normalization i, f, c, o. A bidirectional layer has the 17 after x twice, forward first, then the four variables and a second input.
/// </summary>
internal static class LstmTranslation
{
    private const byte FullKernel = 0;

    public static void Sequence(TfLiteCall call)
    {
        bool timeMajor = call.Bool(3);
        RefuseNormalization(call);
        string steps = RecurrentLayer.Steps(call, timeMajor);
        RecurrentLayer.Give(call, 0, Direction(call, steps, 1, 18, call.NewName("layer"), reverse: false), timeMajor);
    }

    /// <summary>The time axis comes first unless the file says otherwise.</summary>
    public static void Bidirectional(TfLiteCall call)
    {
        RecurrentLayer.RefuseAuxiliary(call, [.. Enumerable.Range(39, 9)]);
        bool timeMajor = call.Bool(4, missing: true);
        string steps = RecurrentLayer.Steps(call, timeMajor);
        string forward = Direction(call, steps, 1, 35, call.NewName("forward"), reverse: false);
        string backward = Direction(call, steps, 18, 37, call.NewName("backward"), reverse: true);
        RecurrentLayer.GiveBoth(call, forward, backward, call.Bool(3), timeMajor);
    }

    /// <summary>One step that keeps its states.</summary>
    public static void Step(TfLiteCall call)
    {
        if (call.Byte(3) != FullKernel)
            throw call.Fail(ImportErrorCode.UnsupportedForm, "the basic kernel is not supported; convert the layer with TensorFlow 2", "kernel_type");
        RefuseNormalization(call);
        string layer = Direction(call, RecurrentLayer.OneStep(call), 1, 18, call.NewName("layer"), reverse: false);
        call.Write("Squeeze", [layer, call.Constant("step", 0)]);
    }

    private static string Direction(TfLiteCall call, string steps, int first, int states, string name, bool reverse)
    {
        RecurrentLayer.CheckState(call, states, "output state");
        RecurrentLayer.CheckState(call, states + 1, "cell state");
        CheckCellClip(call);
        LstmWeights weights = new(call, first, projectionClip: call.Float(2, "proj_clip"));
        string activation = FusedActivation.Recurrent(call, call.Byte(0), mayBeNone: false);
        string[] peepholes = weights.Peepholes() is { } three ? ["", "", "", call.Constant("P", [1, 3 * weights.Units], three)] : [];
        string[] inputs =
        [
            steps,
            call.Constant("W", [1, 4 * weights.Units, weights.Inputs], weights.Input()),
            call.Constant("R", [1, 4 * weights.Units, weights.Units], weights.Recurrent()),
            call.Constant("B", [1, 8 * weights.Units], weights.Biases()),
            .. peepholes,
        ];
        string hidden = RecurrentLayer.Write(call, "LSTM", name, reverse, inputs, ["Sigmoid", activation, activation], weights.Units);
        return weights.Projection() is { } projection
            ? call.Inner("MatMul", [hidden, call.Constant("projection", projection.Shape, projection.Data)])
            : hidden;
    }

    private static void CheckCellClip(TfLiteCall call)
    {
        float clip = call.Float(1, "cell_clip");
        if (clip != 0)
            CellClips.Check(call, clip);
    }

    private static void RefuseNormalization(TfLiteCall call)
    {
        if (Enumerable.Range(20, 4).Any(call.Has))
            throw call.Fail(ImportErrorCode.UnsupportedForm, "layer normalization within the gates is not supported; convert the cell written out (unroll=True), or without it", "layer_norm_coefficients");
    }
}
