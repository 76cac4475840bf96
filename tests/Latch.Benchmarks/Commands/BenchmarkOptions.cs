using System.Globalization;
using Latch.Benchmarks.Models;
using Latch.Benchmarks.Report;
using Latch.Import.Graph;

namespace Latch.Benchmarks.Commands;

/// <summary>What the command line asks for.</summary>
internal sealed class BenchmarkOptions
{
    private readonly Dictionary<string, string> _values = [];

    private BenchmarkOptions(string[] arguments) => Arguments = arguments;

    /// <summary>The command line.</summary>
    public string[] Arguments { get; }

    /// <summary>Kernel by name; null for the fastest.</summary>
    public string? Kernel => _values.GetValueOrDefault("--kernel");

    /// <summary>Sizes to measure.</summary>
    public IReadOnlyList<LayerSize> Sizes => _values.TryGetValue("--sizes", out string? text) ? LayerSize.ParseList(text) : LayerSize.All;

    /// <summary>Cells to measure.</summary>
    public IReadOnlyList<CellKind> Cells => _values.TryGetValue("--cells", out string? text) ? [.. text.Split(',').Select(ParseCell)] : [CellKind.Lstm, CellKind.Gru];

    /// <summary>Program to measure instead of publishing ours.</summary>
    public string? Ours => _values.GetValueOrDefault("--ours");

    /// <summary>Program to measure instead of publishing the one with ONNX Runtime.</summary>
    public string? Peer => _values.GetValueOrDefault("--peer");

    /// <summary>Folder to write files to; the present one when not given.</summary>
    public string Folder => _values.GetValueOrDefault("--folder", ".");

    /// <summary>Reads the arguments after the command.</summary>
    /// <exception cref="FormatException">An option is unknown or has no value.</exception>
    public static BenchmarkOptions Parse(string[] arguments, params string[] known)
    {
        BenchmarkOptions options = new(arguments);
        for (int i = 1; i < arguments.Length; i++)
        {
            if (!known.Contains(arguments[i]))
                throw new FormatException($"'{arguments[0]}' has no option '{arguments[i]}'; it has {string.Join(", ", known)}");
            if (arguments[i] == "--save")
                options._values["--save"] = "";
            else if (i + 1 < arguments.Length)
                options._values[arguments[i]] = arguments[++i];
            else
                throw new FormatException($"'{arguments[i]}' needs a value");
        }
        return options;
    }

    /// <summary>A number of 1 or more.</summary>
    /// <exception cref="FormatException">It is no such number.</exception>
    public int Number(string option, int otherwise)
    {
        if (!_values.TryGetValue(option, out string? text))
            return otherwise;
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number > 0
            ? number : throw new FormatException($"'{option}' needs a number of 1 or more, not '{text}'");
    }

    /// <summary>Prints a report, and writes it to the file asked for.</summary>
    /// <param name="text">The report.</param>
    /// <param name="kernel">Kernel and purpose, as part of the name of a saved file.</param>
    public void Publish(string text, string kernel)
    {
        Console.Write(text);
        string? path = _values.GetValueOrDefault("--out");
        if (_values.ContainsKey("--save"))
            path ??= Repository.Path("tests/Latch.Benchmarks/results", $"{Machine.ProcessorFileName}-{kernel}.md");
        if (path is null)
            return;
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        File.WriteAllText(path, $"# {Path.GetFileNameWithoutExtension(path)}\n\n{text}");
        Console.Error.WriteLine($"written to {path}");
    }

    private static CellKind ParseCell(string text) => text switch
    {
        "lstm" => CellKind.Lstm,
        "gru" => CellKind.Gru,
        _ => throw new FormatException($"'{text}' is not a cell; there are lstm and gru"),
    };
}
