namespace Latch.Import.Sources.Safetensors;

/// <summary>What normalizations add to a variance.</summary>
internal static class Epsilon
{
    /// <summary>The number given, or that which the format's layers have by themselves: 1e-3 in Keras, 1e-5 else.</summary>
    public static float Of(LayerCall call, float? given) => given ?? (call.IsKeras ? 1e-3f : 1e-5f);

    public static void Check(LayerCall call, float? given)
    {
        if (given < 0)
            throw call.Members.Fail("epsilon", $"must not be below zero, is {given}");
    }
}
