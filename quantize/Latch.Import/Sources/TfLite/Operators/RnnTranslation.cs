namespace Latch.Import.Sources.TfLite.Operators;

/// <summary>
/// Plain recurrent layers: h = act(W x + R h' + b). Inputs: x, W [units, inputs], R [units, units], b, the variable h'. A bidirectional one has the four after x twice,
/// forward first; a layer for one step has no time axis.
/// </summary>
internal static class RnnTranslation
{
    public static void Sequence(TfLiteCall call)
    {
        bool timeMajor = call.Bool(0);
        RecurrentLayer.Give(call, 0, Direction(call, RecurrentLayer.Steps(call, timeMajor), 1, call.Byte(1), call.Name, reverse: false), timeMajor);
    }

    public static void Bidirectional(TfLiteCall call)
    {
        RecurrentLayer.RefuseAuxiliary(call, 9, 10, 11);
        bool timeMajor = call.Bool(0);
        string steps = RecurrentLayer.Steps(call, timeMajor);
        string forward = Direction(call, steps, 1, call.Byte(1), call.NewName("forward"), reverse: false);
        string backward = Direction(call, steps, 5, call.Byte(1), call.NewName("backward"), reverse: true);
        RecurrentLayer.GiveBoth(call, forward, backward, call.Bool(2), timeMajor);
    }

    public static void Step(TfLiteCall call) => call.Write(
        "Squeeze", [Direction(call, RecurrentLayer.OneStep(call), 1, call.Byte(0), call.Name, reverse: false), call.Constant("step", 0)]);

    private static string Direction(TfLiteCall call, string steps, int first, byte activation, string name, bool reverse)
    {
        int[] shape = call.Shape(first);
        if (shape.Length != 2)
            throw call.Fail(ImportErrorCode.ShapeMismatch, $"needs two axes, has {shape.Length}", "input weights");
        (int units, int inputs) = (shape[0], shape[1]);
        RecurrentLayer.CheckState(call, first + 3, "hidden state");
        string[] weights =
        [
            call.Constant("W", [1, units, inputs], call.Weights(first, "input weights", units, inputs).Data),
            call.Constant("R", [1, units, units], RecurrentLayer.Recurrent(call, first + 1, "recurrent weights", units, units).Data),
            call.Constant("B", [1, 2 * units], [.. call.Weights(first + 2, "bias", units).Data, .. new float[units]]),
        ];
        string layer = name == call.Name ? call.NewName("layer") : name;
        return RecurrentLayer.Write(call, "RNN", layer, reverse, [steps, .. weights], [FusedActivation.Recurrent(call, activation, mayBeNone: true)], units);
    }
}
