namespace Latch.Import.Sources.Safetensors;

/// <summary>A function by itself.</summary>
internal static class ActivationLayer
{
    public static Flow Write(LayerCall call)
    {
        ActivationChoice choice = ActivationChoice.Read(call.Members, required: true);
        call.ReadName();
        call.Members.Close();
        return call.Features() with { Name = choice.Write(call, call.Input.Name) };
    }

    /// <summary>Softmax over the features of a step.</summary>
    public static Flow WriteSoftmax(LayerCall call)
    {
        call.ReadName();
        call.Members.Close();
        return call.Features() with { Name = call.Node("Softmax", "output", [call.Input.Name], [("axis", -1L)]) };
    }
}
