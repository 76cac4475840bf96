using Latch.Model;
using Latch.Runtime;
using Latch.Telemetry;

namespace FindUnit;

/// <summary>An integer model over a text: the character it held most likely after each one, and the gates and states of its layer.</summary>
internal sealed class TextRun
{
    private TextRun(string text, List<Span> spans, char[] predicted, LayerRecording layer) =>
        (Text, Spans, Predicted, Layer) = (text, spans, predicted, layer);

    public string Text { get; }

    public List<Span> Spans { get; }

    /// <summary>After each character, the most likely next one.</summary>
    public char[] Predicted { get; }

    public LayerRecording Layer { get; }

    public int Units => Layer.Definition.HiddenSize;

    /// <summary>What the cell keeps: c of an LSTM, h of a GRU and of an RNN.</summary>
    public string StateName => Layer.Definition.Kind == CellKind.Lstm ? "c" : "h";

    public static TextRun Of(LatchModel model, string text)
    {
        char[] alphabet = [.. model.Channels.Select(channel => Character(channel.Name))];
        GateRecording recording = new(model, text.Length);
        RecordingProbe probe = recording.Probe;
        Session session = model.CreateSession();
        float[] sample = new float[model.InputSize], logits = new float[model.OutputSize];
        char[] predicted = new char[text.Length];
        for (int at = 0; at < text.Length; at++)
        {
            int channel = Array.IndexOf(alphabet, text[at]);
            if (channel < 0)
                throw new InvalidDataException($"character {at + 1} of the text is not in the alphabet of {model.Name}.");
            Array.Clear(sample);
            sample[channel] = 1;
            session.Step(sample, logits, ref probe);
            predicted[at] = alphabet[Array.IndexOf(logits, logits.Max())];
        }

        return new TextRun(text, Span.Of(text), predicted, recording.Layers[0]);
    }

    /// <summary>The state of one unit after each character.</summary>
    public double[] State(int unit) => Layer.Definition.Kind == CellKind.Lstm ? Layer.CellValues(unit) : Layer.HiddenValues(unit);

    private static char Character(string name) => name switch { "space" => ' ', "newline" => '\n', "tab" => '\t', _ => name[0] };
}
