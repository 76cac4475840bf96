using Latch.Runtime;

namespace FindUnit;

/// <summary>The unit found in one model.</summary>
/// <param name="Name">LSTM, GRU or RNN.</param>
/// <param name="Reading">The unit, what it tells, and how it is read; searched in the first half of the text.</param>
/// <param name="Run">The model over the text.</param>
/// <param name="Rest">Measured on the second half of the text.</param>
/// <param name="Sequence">The model over the default sequence, from its first character.</param>
internal sealed record Finding(string Name, UnitReading Reading, TextRun Run, Measures Rest, TextRun Sequence)
{
    public static Finding Of(string name, LatchModel model, string text, string sequence)
    {
        TextRun run = TextRun.Of(model, text);
        int half = text.Length / 2;
        UnitReading reading = UnitReading.Search(run, half);
        return new Finding(name, reading, run, new Measures(run, reading, half), TextRun.Of(model, sequence));
    }
}
