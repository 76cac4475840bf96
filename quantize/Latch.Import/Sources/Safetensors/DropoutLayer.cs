namespace Latch.Import.Sources.Safetensors;

/// <summary>Dropout: nothing once training is over.</summary>
internal static class DropoutLayer
{
    public static Flow Write(LayerCall call)
    {
        call.Members.NumberOrNull("rate");
        call.Members.TextOrNull("name");
        call.Members.Close();
        return call.Input;
    }
}
