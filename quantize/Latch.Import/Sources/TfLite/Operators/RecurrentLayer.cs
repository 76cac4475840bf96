using Latch.Import.Graph;

namespace Latch.Import.Sources.TfLite.Operators;

/// <summary>What recurrent operators have in common: one direction as an ONNX node over [steps, batch, inputs], with no states given: they begin at zero.</summary>
internal static class RecurrentLayer
{
    /// <summary>The input with the steps first.</summary>
    public static string Steps(TfLiteCall call, bool timeMajor)
    {
        if (call.Rank(0) != 3)
            throw call.Fail(ImportErrorCode.ShapeMismatch, $"needs three axes, has shape {TensorShape.Text(call.Shape(0))}", "input");
        return timeMajor ? call.Input(0) : call.Inner("Transpose", [call.Input(0)], ("perm", new[] { 1, 0, 2 }));
    }

    /// <summary>Writes one direction.</summary>
    /// <returns>The hidden state after each step, [steps, batch, units].</returns>
    public static string Write(TfLiteCall call, string operatorName, string name, bool reverse, string[] inputs, string[] activations, int units)
    {
        List<(string, object)> attributes = [("hidden_size", units), ("activations", activations)];
        if (reverse)
            attributes.Add(("direction", "reverse"));
        if (activations.Contains("Affine"))
            attributes.AddRange([("activation_alpha", activations.Where(name => name == "Affine").Select(_ => 1f).ToArray()), ("activation_beta", activations.Where(name => name == "Affine").Select(_ => 0f).ToArray())]);
        string sequence = call.Inner(operatorName, name, inputs, [.. attributes]);
        return call.Inner("Squeeze", [sequence, call.Constant("direction", 1)]);
    }

    /// <summary>Writes an output: [steps, batch, units] turned back where the batch comes first.</summary>
    public static void Give(TfLiteCall call, int output, string value, bool timeMajor)
    {
        if (timeMajor)
            call.WriteTo(output, "Identity", [value]);
        else
            call.WriteTo(output, "Transpose", [value], ("perm", new[] { 1, 0, 2 }));
    }

    /// <summary>One output with both directions, or one for each.</summary>
    public static void GiveBoth(TfLiteCall call, string forward, string backward, bool merge, bool timeMajor)
    {
        if (merge)
        {
            Give(call, 0, call.Inner("Concat", [forward, backward], ("axis", 2)), timeMajor);
            return;
        }
        Give(call, 0, forward, timeMajor);
        Give(call, 1, backward, timeMajor);
    }

    /// <summary>The input of an operator for one step, [batch, inputs], as a sequence of one.</summary>
    public static string OneStep(TfLiteCall call)
    {
        if (call.Rank(0) != 2)
            throw call.Fail(ImportErrorCode.ShapeMismatch, $"needs two axes, has shape {TensorShape.Text(call.Shape(0))}", "input");
        return call.Inner("Unsqueeze", [call.Input(0), call.Constant("step", 0)]);
    }

    /// <summary>States must be the operator's own, which begin at zero and go on from run to run.</summary>
    public static void CheckState(TfLiteCall call, int input, string role)
    {
        if (call.Has(input) && !call.Tensors[call.Tensor(input)].IsVariable)
            throw call.Fail(ImportErrorCode.UnsupportedForm, "only a variable of the operator itself is supported", role);
    }

    public static void RefuseAuxiliary(TfLiteCall call, params int[] inputs)
    {
        if (inputs.Any(call.Has))
            throw call.Fail(ImportErrorCode.UnsupportedForm, "a second input is not supported; join it with the first", "aux_input");
    }

    /// <summary>Recurrent weights [units, states], or their diagonal alone.</summary>
    public static FloatTensor Recurrent(TfLiteCall call, int input, string role, int units, int states)
    {
        if (call.Rank(input) != 1)
            return call.Weights(input, role, units, states);
        float[] diagonal = call.Weights(input, role, units).Data;
        if (units != states || !TensorShape.IsAllowed([units, units]))
            throw call.Fail(ImportErrorCode.ShapeMismatch, $"a diagonal of {units} does not fit {states} states", role);
        float[] matrix = new float[units * units];
        for (int unit = 0; unit < units; unit++)
            matrix[(unit * units) + unit] = diagonal[unit];
        return new FloatTensor([units, units], matrix);
    }
}
