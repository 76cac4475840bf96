using Latch.Import.Graph;

namespace Latch.Import.Sources.Safetensors;

/// <summary>Rows of a table [entries, features], chosen by whole numbers.</summary>
internal static class EmbeddingLayer
{
    public static Flow Write(LayerCall call)
    {
        LayerTensors tensors = call.ReadTensors();
        call.Close();
        if (call.Input.Kind != FlowKind.Indices)
            throw call.Members.Fail("type", "an embedding takes the input of the model; it can only be the first layer", ImportErrorCode.ShapeMismatch);
        FloatTensor table = tensors.Read(call.IsKeras ? "embeddings" : "weight", -1, -1);
        tensors.Close();
        string rows = call.Floats("table", table.Shape, table.Data);
        return new Flow(call.Node("Gather", "output", [rows, call.Input.Name], [("axis", 0L)]), FlowKind.Sequence, table.Shape[1]);
    }
}
