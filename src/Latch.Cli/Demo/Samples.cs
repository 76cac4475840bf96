namespace Latch.Cli.Demo;

/// <summary>The files the demo runs on.</summary>
/// <param name="Folder">Where they lie.</param>
internal sealed record Samples(string Folder)
{
    public string Train => Path.Combine(Folder, "train.csv.gz");

    public string Test => Path.Combine(Folder, "test.csv.gz");

    public string Labels => Path.Combine(Folder, "test.labels.csv");

    public string Channels => Path.Combine(Folder, "host-channels.json");

    public string Onnx(string cell) => Path.Combine(Folder, $"host-{cell}.onnx");

    /// <summary>The samples that come with the command, or those in another folder.</summary>
    /// <exception cref="CommandException">A file is missing.</exception>
    public static Samples Find(string? folder)
    {
        Samples samples = new(folder ?? Path.Combine(AppContext.BaseDirectory, "samples"));
        string? missing = new[] { samples.Train, samples.Test, samples.Labels, samples.Channels, samples.Onnx("lstm"), samples.Onnx("gru") }
            .FirstOrDefault(path => !File.Exists(path));
        return missing is null
            ? samples
            : throw CommandException.BadInput($"{missing}: the demo's file is missing. {(folder is null ? "Build the project again from a complete clone" : "Give a folder with all of the demo's files")}.");
    }
}
