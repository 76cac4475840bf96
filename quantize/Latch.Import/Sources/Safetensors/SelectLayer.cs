namespace Latch.Import.Sources.Safetensors;

/// <summary>One step of a sequence: the last one, or a numbered one.</summary>
internal static class SelectLayer
{
    private const int Largest = 1 << 20;

    public static Flow WriteLast(LayerCall call)
    {
        call.ReadName();
        call.Members.Close();
        return Write(call, -1);
    }

    /// <summary>Step 0 is the first, -1 the last.</summary>
    public static Flow Write(LayerCall call)
    {
        int step = call.Members.Integer("step", -Largest, Largest);
        call.ReadName();
        call.Members.Close();
        return Write(call, step);
    }

    private static Flow Write(LayerCall call, int step)
    {
        Flow input = call.Sequence();
        string index = call.Graph.Integer($"{call.Name}/step", step);
        return new Flow(call.Node("Gather", "output", [input.Name, index], [("axis", 1L)]), FlowKind.Vector, input.Features);
    }
}
