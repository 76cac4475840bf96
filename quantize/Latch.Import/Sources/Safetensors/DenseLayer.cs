using Latch.Import.Graph;

namespace Latch.Import.Sources.Safetensors;

/// <summary>A dense layer over the features. PyTorch and Candle store [outputs, inputs], Keras [inputs, outputs].</summary>
internal static class DenseLayer
{
    public static Flow Write(LayerCall call)
    {
        LayerTensors tensors = call.ReadTensors();
        bool hasBias = call.Members.Flag("bias", missing: true);
        ActivationChoice activation = ActivationChoice.Read(call.Members);
        call.Close();
        Flow input = call.Features();
        FloatTensor weights = call.IsKeras ? tensors.Read("kernel", input.Features, -1) : Matrices.Transposed(tensors.Read("weight", -1, input.Features));
        int outputs = weights.Shape[1];
        FloatTensor? bias = hasBias ? tensors.Read("bias", outputs) : null;
        tensors.Close();
        string product = call.Node("MatMul", "product", [input.Name, call.Floats("weight", weights.Shape, weights.Data)]);
        if (bias is not null)
            product = call.Node("Add", "sum", [product, call.Floats("bias", bias.Shape, bias.Data)]);
        return new Flow(activation.Write(call, product), input.Kind, outputs);
    }
}
