using System.Globalization;

namespace Latch.EndToEnd.Tests.Aot;

/// <summary>The hashes of GoldenHashes.txt: the same on every processor, with every kernel, under both compilers.</summary>
internal static class GoldenHashes
{
    /// <summary>How often the recording is stepped through.</summary>
    public const int Repeat = 10;

    /// <summary>The sample models.</summary>
    public static TheoryData<string> Models => ["host-lstm", "host-gru"];

    /// <summary>Steps and hash of a sample model.</summary>
    public static (long Steps, string Hash) Of(string model)
    {
        string path = Path.Combine(SharedData.Repository, "tests", "Latch.EndToEnd.Tests", "Aot", "GoldenHashes.txt");
        string line = Assert.Single(File.ReadLines(path), line => line.StartsWith(model + " ", StringComparison.Ordinal));
        string[] words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return (long.Parse(words[1], CultureInfo.InvariantCulture), words[2]);
    }

    /// <summary>The arguments that run a model as the hashes were made.</summary>
    public static string[] Arguments(string modelFile) =>
        ["run", modelFile, SmokePrograms.Recording, "--kernel", "all", "--repeat", Repeat.ToString(CultureInfo.InvariantCulture)];
}
