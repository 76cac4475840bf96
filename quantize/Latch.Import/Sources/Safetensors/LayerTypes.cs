namespace Latch.Import.Sources.Safetensors;

/// <summary>The types of layers, one line each.</summary>
internal static class LayerTypes
{
    private static readonly SortedDictionary<string, Func<LayerCall, Flow>> s_types = new(StringComparer.Ordinal)
    {
        ["activation"] = ActivationLayer.Write,
        ["batch_norm"] = BatchNormLayer.Write,
        ["conv1d"] = ConvolutionLayer.Write,
        ["dense"] = DenseLayer.Write,
        ["dropout"] = DropoutLayer.Write,
        ["embedding"] = EmbeddingLayer.Write,
        ["gru"] = call => RecurrentLayer.Write(call, RecurrentCell.Gru),
        ["last_step"] = SelectLayer.WriteLast,
        ["layer_norm"] = LayerNormLayer.Write,
        ["lstm"] = call => RecurrentLayer.Write(call, RecurrentCell.Lstm),
        ["rnn"] = call => RecurrentLayer.Write(call, RecurrentCell.Rnn),
        ["select"] = SelectLayer.Write,
        ["softmax"] = ActivationLayer.WriteSoftmax,
    };

    /// <summary>What a description can say, sorted.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. s_types.Keys];

    /// <summary>Writes a layer.</summary>
    /// <returns>What it hands on.</returns>
    public static Flow Write(string type, LayerCall call) => s_types[type](call);
}
