using Latch.Import.Graph;

namespace Latch.Import.Sources.Safetensors;

/// <summary>
/// Batch normalization of each feature with the mean and variance that training left: a factor and a shift. PyTorch and Candle call its tensors weight, bias,
/// running_mean, running_var, with an epsilon of 1e-5; Keras gamma, beta, moving_mean, moving_variance, with 1e-3.
/// </summary>
internal static class BatchNormLayer
{
    public static Flow Write(LayerCall call)
    {
        LayerTensors tensors = call.ReadTensors();
        float? given = call.Members.NumberOrNull("epsilon");
        bool hasScale = call.Members.Flag("scale", missing: true);
        bool hasBias = call.Members.Flag("bias", missing: hasScale);
        call.Close();
        Epsilon.Check(call, given);
        Flow input = call.Features();
        int features = input.Features;
        FloatTensor mean = tensors.Read(call.IsKeras ? "moving_mean" : "running_mean", features);
        FloatTensor variance = tensors.Read(call.IsKeras ? "moving_variance" : "running_var", features);
        float[]? scale = hasScale ? tensors.Read(call.IsKeras ? "gamma" : "weight", features).Data : null;
        float[]? shift = hasBias ? tensors.Read(call.IsKeras ? "beta" : "bias", features).Data : null;
        tensors.Skip("num_batches_tracked");
        tensors.Close();
        double epsilon = Epsilon.Of(call, given);
        float[] factors = new float[features];
        float[] shifts = new float[features];
        for (int i = 0; i < features; i++)
        {
            double factor = (scale?[i] ?? 1) / Math.Sqrt(variance.Data[i] + epsilon);
            (factors[i], shifts[i]) = ((float)factor, (float)((shift?[i] ?? 0) - (mean.Data[i] * factor)));
            if (!float.IsFinite(factors[i]) || !float.IsFinite(shifts[i]))
                throw call.Members.Fail("prefix", $"the variance of feature {i} is {variance.Data[i]}, its factor no number; train or save the model again", ImportErrorCode.NotFinite);
        }
        string product = call.Node("Mul", "product", [input.Name, call.Floats("factor", [features], factors)]);
        return input with { Name = call.Node("Add", "output", [product, call.Floats("shift", [features], shifts)]) };
    }
}
