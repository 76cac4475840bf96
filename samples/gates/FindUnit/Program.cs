// Runs the integer models of a folder over held-back text and searches each for the unit whose state tells best whether a bracket or quote
// is open; then prints how far back the models and these units remember, and what the gates of these units do around one bracket of
// sequence.txt.
using FindUnit;
using Latch.Model;
using Latch.Runtime;

if (args.Length != 1)
{
    Console.Error.WriteLine("usage: FindUnit FOLDER   with gates-lstm.latch, gates-gru.latch, gates-rnn.latch, held-back.txt, sequence.txt");
    return 2;
}

try
{
    string folder = args[0], text = File.ReadAllText(Path.Combine(folder, "held-back.txt"));
    string sequence = File.ReadAllText(Path.Combine(folder, "sequence.txt"));
    List<Finding> findings = [];
    foreach (string cell in (string[])["lstm", "gru", "rnn"])
    {
        using LatchModel model = LatchModel.Load(Path.Combine(folder, $"gates-{cell}.latch"));
        findings.Add(Finding.Of(cell.ToUpperInvariant(), model, text, sequence));
    }

    Summary.Write(Console.Out, text, findings);
    return 0;
}
catch (Exception error) when (error is IOException or ModelFormatException)
{
    Console.Error.WriteLine($"FindUnit: {error.Message}");
    return 3;
}
