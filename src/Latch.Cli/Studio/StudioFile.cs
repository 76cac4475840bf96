using System.Text.Json;
using System.Text.Json.Serialization;
using Latch.Cli.Data;
using Latch.Model;

namespace Latch.Cli.Studio;

/// <summary>A description file of <c>latch studio</c>: JSON, paths relative to the file.</summary>
internal static class StudioFile
{
    private const string Form = "{\"title\": \"pump\", \"data\": \"test.csv\", \"models\": [{\"name\": \"LSTM\", \"model\": \"pump.latch\"}]}";

    private static readonly JsonSerializerOptions s_options = new(JsonSerializerDefaults.Web)
    {
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        ReadCommentHandling = JsonCommentHandling.Skip,
        AllowTrailingCommas = true,
    };

    /// <summary>Whether an argument names a description file rather than a model.</summary>
    public static bool Is(string path) => path.EndsWith(".json", StringComparison.OrdinalIgnoreCase);

    /// <exception cref="CommandException">The file is missing or does not hold what it should.</exception>
    public static StudioPlan Read(string path)
    {
        Description description;
        try
        {
            description = SourceErrors.Guard(path, () => JsonSerializer.Deserialize<Description>(File.ReadAllText(path), s_options)) ?? throw Bad(path, "the file holds null");
        }
        catch (JsonException exception)
        {
            throw Bad(path, $"line {exception.LineNumber + 1}: {JsonFault.Of(exception)}");
        }

        if (description.Models is not { Count: > 0 })
            throw Bad(path, "there is no model");
        if (description.Models.Any(static model => string.IsNullOrEmpty(model?.Model)))
            throw Bad(path, "a model has no file");
        if (string.IsNullOrEmpty(description.Data))
            throw Bad(path, "there is no data");
        if (!(description.AlarmsPerHour > 0) || !double.IsFinite(description.AlarmsPerHour))
            throw Bad(path, "alarmsPerHour is not a number above zero");
        string folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        return new StudioPlan
        {
            Title = description.Title ?? Path.GetFileName(folder),
            Models = [.. description.Models.Select(model => model.In(folder))],
            Data = Path.Combine(folder, description.Data),
            Labels = Entry.In(folder, description.Labels),
            Train = [.. (description.Train ?? []).Select(train => Path.Combine(folder, train))],
            AlarmsPerHour = description.AlarmsPerHour,
        };
    }

    private static CommandException Bad(string path, string what) =>
        CommandException.BadInput($"{path}: {what.TrimEnd('.')}. A description looks like {Form}.");

    private sealed record Description(string? Title, string? Data, string? Labels, IReadOnlyList<string>? Train, IReadOnlyList<Entry>? Models, double AlarmsPerHour = 1);

    private sealed record Entry(string? Name, string Model, string? Float, string? Profile, IReadOnlyList<string>? Calibration, string? Channels)
    {
        public static string? In(string folder, string? path) => path is null ? null : Path.Combine(folder, path);

        public StudioModel In(string folder) => new(Name ?? Path.GetFileNameWithoutExtension(Model), Path.Combine(folder, Model))
        {
            Float = In(folder, Float),
            Profile = In(folder, Profile),
            Calibration = [.. (Calibration ?? []).Select(data => Path.Combine(folder, data))],
            Channels = In(folder, Channels),
        };
    }
}
