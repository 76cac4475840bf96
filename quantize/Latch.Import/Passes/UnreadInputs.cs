namespace Latch.Import.Passes;

/// <summary>Drops inputs that nothing reads any more after the other passes; the last one stays.</summary>
internal static class UnreadInputs
{
    public static void Drop(PassGraph graph)
    {
        foreach (string input in graph.Inputs.ToArray())
        {
            if (graph.Inputs.Count == 1 || graph.Readers(input).Any() || graph.IsOutput(input) || graph.States.Any(pair => pair.Input == input))
                continue;
            graph.Inputs.Remove(input);
            graph.Notes.Add($"the input '{input}' was dropped: no output depends on it");
        }
    }
}
