using Latch.Import.Folding;
using Latch.Import.Graph;

namespace Latch.Import.Operators;

/// <summary>BatchNormalization, LayerNormalization, InstanceNormalization, LpNormalization, Softmax and its logarithm.</summary>
internal static class NormalizationOperators
{
    /// <summary>scale (x - mean) / sqrt(variance + epsilon) + bias becomes one scale and one shift per channel (axis 1).</summary>
    public static void BatchNormalization(OperatorCall call)
    {
        call.Ignore("momentum");
        RequireInference(call);
        GraphValue input = call.Floats(0);
        double epsilon = call.Attribute("epsilon", 1e-5f);
        int channels = input.Shape.Length < 2
            ? throw call.Fail(ImportErrorCode.ShapeMismatch, $"needs two axes or more, has shape {TensorShape.Text(input.Shape)}", "X")
            : input.Shape[1];
        float[] scale = PerChannel(call, 1, "scale", channels);
        float[] bias = PerChannel(call, 2, "B", channels);
        float[] mean = PerChannel(call, 3, "mean", channels);
        float[] variance = PerChannel(call, 4, "var", channels);
        float[] factors = new float[channels];
        float[] shifts = new float[channels];
        for (int channel = 0; channel < channels; channel++)
        {
            double factor = scale[channel] / Math.Sqrt(variance[channel] + epsilon);
            factors[channel] = (float)factor;
            shifts[channel] = (float)(bias[channel] - (mean[channel] * factor));
            if (!float.IsFinite(factors[channel]) || !float.IsFinite(shifts[channel]))
                throw call.Fail(ImportErrorCode.NotFinite, $"the variance of channel {channel} is {variance[channel]}", "var");
        }
        AffineNode node = new(
            call.Name, input.Name, call.Output, Axis: 1, new FloatTensor([channels], factors), new FloatTensor([channels], shifts));
        call.Emit(node, input.Shape);
    }

    public static void LayerNormalization(OperatorCall call)
    {
        call.Ignore("stash_type");
        GraphValue input = call.Floats(0);
        int axis = call.Axis(call.Attribute("axis", -1L), input.Shape.Length);
        int[] normalized = input.Shape[axis..];
        FloatTensor scale = Spread(call, call.Weights(1, "Scale"), normalized, "Scale");
        FloatTensor? bias = call.OptionalWeights(2, "B") is { } given ? Spread(call, given, normalized, "B") : null;
        float epsilon = call.Attribute("epsilon", 1e-5f);
        call.Emit(new LayerNormNode(call.Name, input.Name, call.Output, axis, scale, bias, epsilon), input.Shape);
    }

    public static void Softmax(OperatorCall call) => Softmax(call, isLog: false);

    public static void LogSoftmax(OperatorCall call) => Softmax(call, isLog: true);

    /// <summary>Each channel is normalized over its spatial axes, then scaled and shifted.</summary>
    public static void InstanceNormalization(OperatorCall call)
    {
        GraphValue input = call.Floats(0);
        if (input.Shape.Length < 3)
            throw call.Fail(ImportErrorCode.ShapeMismatch, $"needs a spatial axis, has shape {TensorShape.Text(input.Shape)}", "input");
        int channels = input.Shape[1];
        FloatTensor scale = new([channels], PerChannel(call, 1, "scale", channels));
        FloatTensor shift = new([channels], PerChannel(call, 2, "B", channels));
        int[] spatial = input.Shape[2..];
        FloatTensor ones = new(spatial, [.. Enumerable.Repeat(1f, TensorShape.Count(spatial))]);
        LayerNormNode norm = new($"{call.Name}/norm", input.Name, call.Inner("norm"), Axis: 2, ones, Bias: null, call.Attribute("epsilon", 1e-5f));
        GraphValue normalized = call.Emit(norm, input.Shape);
        call.Emit(new AffineNode(call.Name, normalized.Name, call.Output, Axis: 1, scale, shift), input.Shape);
    }

    /// <summary>x over the norm of the elements along one axis: their sum of magnitudes or, by default, their length. Zeros stay zeros.</summary>
    public static void LpNormalization(OperatorCall call)
    {
        GraphValue input = call.Floats(0);
        int axis = call.Axis(call.Attribute("axis", -1L), input.Shape.Length);
        ReduceOperation norm = call.Attribute("p", 2L) switch
        {
            1 => ReduceOperation.L1,
            2 => ReduceOperation.L2,
            long other => throw call.Fail(ImportErrorCode.UnsupportedForm, $"{other} is neither 1 nor 2", "p"),
        };
        int[] kept = [.. input.Shape];
        kept[axis] = 1;
        GraphValue length = call.Emit(new ReduceNode($"{call.Name}/norm", norm, input.Name, call.Inner("norm"), [axis], KeepAxes: true), kept);
        // No norm but that of zeros is smaller.
        string least = call.Inner("least", new FloatTensor([], [MathF.ScaleB(1, -126)]));
        GraphValue divisor = call.Emit(new BinaryNode($"{call.Name}/divisor", BinaryOperation.Max, length.Name, least, call.Inner("divisor")), kept);
        call.Emit(new BinaryNode(call.Name, BinaryOperation.Div, input.Name, divisor.Name, call.Output), input.Shape);
    }

    /// <summary>Up to operator set 12 all axes from the given one on are taken together.</summary>
    private static void Softmax(OperatorCall call, bool isLog)
    {
        GraphValue input = call.Floats(0);
        int rank = input.Shape.Length;
        int axis = call.Axis(call.Attribute("axis", call.Opset < 13 ? 1L : -1L), rank);
        if (call.Opset >= 13 || axis == rank - 1)
        {
            call.Emit(new SoftmaxNode(call.Name, input.Name, call.Output, axis, isLog), input.Shape);
            return;
        }
        int[] flat = [TensorShape.Count(input.Shape.AsSpan(0, axis)), TensorShape.Count(input.Shape.AsSpan(axis))];
        GraphValue rows = call.Emit(new ReshapeNode($"{call.Name}/rows", input.Name, call.Inner("rows")), flat);
        GraphValue soft = call.Emit(new SoftmaxNode(call.Name, rows.Name, call.Inner("soft"), 1, isLog), flat);
        call.Emit(new ReshapeNode($"{call.Name}/shape", soft.Name, call.Output), input.Shape);
    }

    private static void RequireInference(OperatorCall call)
    {
        if (call.Attribute("spatial", 1L) != 1)
            throw call.Fail(ImportErrorCode.UnsupportedForm, "only spatial = 1 is supported", "spatial");
        if (call.Attribute("training_mode", 0L) != 0)
            throw call.Fail(ImportErrorCode.UnsupportedForm, "export the model in inference mode", "training_mode");
    }

    private static float[] PerChannel(OperatorCall call, int index, string role, int channels)
    {
        FloatTensor tensor = call.Weights(index, role);
        return tensor.Shape is [int length] && length == channels
            ? tensor.Data
            : throw call.Fail(
                ImportErrorCode.ShapeMismatch, $"needs shape [{channels}], has {TensorShape.Text(tensor.Shape)}", role);
    }

    private static FloatTensor Spread(OperatorCall call, FloatTensor tensor, int[] shape, string role)
    {
        if (TensorShape.Broadcast(tensor.Shape, shape) is not { } spread || !spread.AsSpan().SequenceEqual(shape))
        {
            throw call.Fail(
                ImportErrorCode.ShapeMismatch,
                $"shape {TensorShape.Text(tensor.Shape)} does not broadcast to {TensorShape.Text(shape)}",
                role);
        }
        float[] data = new float[TensorShape.Count(shape)];
        Reference.IndexMap.Apply<float>(Reference.IndexMap.Broadcast(tensor.Shape, shape), tensor.Data, data);
        return new FloatTensor(shape, data);
    }
}
