namespace Latch.Import.Tests.Sources.TfLite;

/// <summary>Small models, each around one operator or one form of it. What they yield stands in golden.json.</summary>
internal static partial class TfLiteCases
{
    /// <summary>Every case by name, with the number of runs that follow each other.</summary>
    public static IReadOnlyDictionary<string, (int Runs, Action<TfLiteWriter> Write)> All { get; } = Gather();

    public static byte[] Write(string name)
    {
        TfLiteWriter writer = new();
        All[name].Write(writer);
        return writer.ToBytes();
    }

    private static Dictionary<string, (int Runs, Action<TfLiteWriter> Write)> Gather()
    {
        Dictionary<string, (int Runs, Action<TfLiteWriter> Write)> cases = [];
        AddElementwise(cases);
        AddMovements(cases);
        AddWindows(cases);
        AddDense(cases);
        AddRecurrent(cases);
        return cases;
    }

    private static void One(Dictionary<string, (int Runs, Action<TfLiteWriter> Write)> cases, string name, Action<TfLiteWriter> write) => cases.Add(name, (1, write));
}
