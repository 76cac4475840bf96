namespace Latch.Import.Sources.TfLite;

/// <summary>What to do about operators that are not supported.</summary>
internal static class Refusals
{
    private const string Loop =
        "The file holds a loop over the steps, which the converter writes where it finds no fused layer. Convert a Keras LSTM with a batch of 1 fixed in the input's shape, "
        + "the standard activations and without masks, which makes UNIDIRECTIONAL_SEQUENCE_LSTM of it; build other cells (GRU) with unroll=True, or export the model to ONNX. ";

    private const string Flex =
        "The file needs operators of TensorFlow itself. Convert with TFLITE_BUILTINS alone as supported operators and a batch of 1 fixed in the input's shape, or export the model to ONNX. ";

    private const string Variables =
        "The file keeps variables outside of its layers. Build the model with its states as inputs and outputs, or without stateful=True: Latch carries the states of layers itself. ";

    /// <summary>Advice for an operator, ending in a blank; empty when there is none.</summary>
    public static string Hint(string operatorName)
    {
        if (operatorName.StartsWith("Flex", StringComparison.Ordinal))
            return Flex;
        return operatorName switch
        {
            "WHILE" or "IF" or "CALL" or "CALL_ONCE" or "STABLEHLO_WHILE" => Loop,
            "VAR_HANDLE" or "READ_VARIABLE" or "ASSIGN_VARIABLE" => Variables,
            "QUANTIZE" or "FAKE_QUANT" => Quantized,
            _ => "",
        };
    }

    /// <summary>Advice for a file that is quantized already.</summary>
    public const string Quantized = "Export the float model: convert without optimizations and without a representative dataset; latch quantize does the rest. ";
}
