namespace Latch.Import.Sources.TfLite;

/// <summary>Where recurrent operators have their time axis.</summary>
internal static class RecurrentTimes
{
    /// <summary>Whether an operator runs over a sequence, and whether the steps are the first axis of its input.</summary>
    public static bool TryOf(TfLiteOperator one, out bool timeMajor)
    {
        (bool isSequence, int field, bool missing) = one.Name switch
        {
            "UNIDIRECTIONAL_SEQUENCE_LSTM" => (true, 3, false),
            "BIDIRECTIONAL_SEQUENCE_LSTM" => (true, 4, true),
            "UNIDIRECTIONAL_SEQUENCE_RNN" or "BIDIRECTIONAL_SEQUENCE_RNN" => (true, 0, false),
            _ => (false, 0, false),
        };
        timeMajor = isSequence && (one.Options?.Bool(field, missing) ?? missing);
        return isSequence;
    }
}
