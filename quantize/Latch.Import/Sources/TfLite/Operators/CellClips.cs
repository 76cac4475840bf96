namespace Latch.Import.Sources.TfLite.Operators;

/// <summary>
/// The bound of an LSTM's cell state. TensorFlow's converter writes 10 into every layer of Keras, where the trained layer has none: a bound that no training knows of is left
/// away, and the user is told. A smaller one belongs to the layer, and would change its results.
/// </summary>
internal static class CellClips
{
    private const float Converters = 10;

    public static void Check(TfLiteCall call, float clip)
    {
        if (clip < Converters)
            throw call.Fail(ImportErrorCode.UnsupportedForm, $"is {clip}; a bound on the cell state below {Converters} is not supported, build the layer without it", "cell_clip");
        call.Note($"the bound {clip} of the cell state, which the converter writes and layers of Keras do not have, is left away");
    }
}
