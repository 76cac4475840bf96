using Latch.Import.Graph;

namespace Latch.Import.Sources.Safetensors;

/// <summary>
/// Layer normalization over the features of a step. PyTorch and Candle call its tensors weight and bias and begin with an epsilon of 1e-5, Keras gamma and beta and
/// 1e-3.
/// </summary>
internal static class LayerNormLayer
{
    public static Flow Write(LayerCall call)
    {
        LayerTensors tensors = call.ReadTensors();
        float? epsilon = call.Members.NumberOrNull("epsilon");
        bool hasScale = call.Members.Flag("scale", missing: true);
        bool hasBias = call.Members.Flag("bias", missing: hasScale);
        call.Close();
        Epsilon.Check(call, epsilon);
        Flow input = call.Features();
        float[] scale = hasScale ? tensors.Read(call.IsKeras ? "gamma" : "weight", input.Features).Data : [.. Enumerable.Repeat(1f, input.Features)];
        FloatTensor? shift = hasBias ? tensors.Read(call.IsKeras ? "beta" : "bias", input.Features) : null;
        tensors.Close();
        string[] operands = [input.Name, call.Floats("scale", [input.Features], scale)];
        if (shift is not null)
            operands = [.. operands, call.Floats("shift", shift.Shape, shift.Data)];
        return input with { Name = call.Node("LayerNormalization", "output", operands, [("axis", -1L), ("epsilon", Epsilon.Of(call, epsilon))]) };
    }
}
