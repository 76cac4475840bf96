using System.Text.Json;

namespace Latch.Import.Sources.Safetensors;

/// <summary>The input of the graph, as the description's shape and its first layer ask for.</summary>
internal static class LayerInput
{
    public static Flow Write(LayerDescription description, GraphWriter graph)
    {
        bool indices = description.Layers.FirstOrDefault(layer => Type(layer) != "dropout") is var first && Type(first) == "embedding";
        int[] shape = description.InputShape;
        if (indices && shape.Length != 1)
            throw Fail(description, "must be [\"steps\"], or a number in place of \"steps\": an embedding takes one whole number per step");
        if (!indices && shape is [0])
            throw Fail(description, "has steps, but no features; write [\"steps\", FEATURES]");
        graph.Input(description.InputName, indices, [1, .. shape]);
        FlowKind kind = indices ? FlowKind.Indices : shape.Length == 2 ? FlowKind.Sequence : FlowKind.Vector;
        return new Flow(description.InputName, kind, indices ? 0 : shape[^1]);
    }

    private static string? Type(JsonElement layer) =>
        layer.ValueKind == JsonValueKind.Object && layer.TryGetProperty("type", out JsonElement type) && type.ValueKind == JsonValueKind.String ? type.GetString() : null;

    private static ImportException Fail(LayerDescription description, string detail) =>
        new(ImportErrorCode.BrokenDescription, description.Source, detail, attribute: "input.shape");
}
