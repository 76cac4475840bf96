using System.Text.Json;
using System.Text.Json.Serialization;
using Latch.Model;

namespace Latch.Cli.Data;

/// <summary>The JSON file of <c>--channels</c>: names, units and normalisation of a model's input channels.</summary>
/// <param name="SampleRateHz">Samples per second; 0 when unknown.</param>
/// <param name="Channels">In sample order.</param>
internal sealed record ChannelsFile(double SampleRateHz, IReadOnlyList<Channel> Channels)
{
    private static readonly JsonSerializerOptions s_options = new(JsonSerializerDefaults.Web)
    {
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        Converters = { new JsonStringEnumConverter(allowIntegerValues: false) },
    };

    /// <exception cref="CommandException">The file is missing or does not hold what it should.</exception>
    public static ChannelsFile Read(string path)
    {
        ChannelsFile file;
        try
        {
            file = SourceErrors.Guard(path, () => JsonSerializer.Deserialize<ChannelsFile>(File.ReadAllText(path), s_options))
                ?? throw Bad(path, "the file holds null");
        }
        catch (JsonException exception)
        {
            throw Bad(path, $"line {exception.LineNumber + 1}: {exception.Message}");
        }

        if (file.Channels is not { Count: > 0 })
            throw Bad(path, "there is no channel");
        if (!double.IsFinite(file.SampleRateHz) || file.SampleRateHz < 0)
            throw Bad(path, "the sample rate is not a number of Hz");
        foreach (Channel channel in file.Channels)
        {
            if (string.IsNullOrEmpty(channel.Name))
                throw Bad(path, "a channel has no name");
            if (!double.IsFinite(channel.Mean) || !double.IsFinite(channel.Deviation) || channel.Deviation <= 0)
                throw Bad(path, $"channel '{channel.Name}' needs a finite mean and a deviation above zero");
        }

        return file;
    }

    private static CommandException Bad(string path, string what) =>
        CommandException.BadInput($"{path}: {what.TrimEnd('.')}. A channels file looks like "
            + "{\"sampleRateHz\": 1, \"channels\": [{\"name\": \"t\", \"unit\": \"°C\", \"transform\": \"none\", \"mean\": 0, \"deviation\": 1}]}.");
}
