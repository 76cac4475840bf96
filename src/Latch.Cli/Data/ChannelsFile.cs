using System.Text.Json;
using System.Text.Json.Serialization;
using Latch.Model;

namespace Latch.Cli.Data;

/// <summary>The JSON file of <c>--channels</c>: names, units and normalisation of a model's input channels.</summary>
/// <param name="SampleRate">Samples per second, in Hz; 0 when unknown.</param>
/// <param name="Limit">Normalised readings were clamped to plus and minus this in training; null for no limit.</param>
/// <param name="Channels">In sample order.</param>
internal sealed record ChannelsFile(double SampleRate, double? Limit, IReadOnlyList<ChannelEntry> Channels)
{
    private static readonly JsonSerializerOptions s_options = new(JsonSerializerDefaults.Web)
    {
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        RespectNullableAnnotations = true,
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
            throw Bad(path, $"line {exception.LineNumber + 1}: {JsonFault.Of(exception)}");
        }

        if (file.Channels is not { Count: > 0 })
            throw Bad(path, "there is no channel");
        if (!double.IsFinite(file.SampleRate) || file.SampleRate < 0)
            throw Bad(path, "the sample rate is not a number of Hz");
        if (file.Limit is { } limit && !(limit > 0))
            throw Bad(path, "the limit is not above zero");
        foreach (ChannelEntry channel in file.Channels)
        {
            if (string.IsNullOrEmpty(channel?.Name))
                throw Bad(path, "a channel has no name");
            if (!double.IsFinite(channel.Mean) || !double.IsFinite(channel.Std) || channel.Std <= 0)
                throw Bad(path, $"channel '{channel.Name}' needs a finite mean and a std above zero");
        }

        return file;
    }

    /// <summary>The channels as a model stores them.</summary>
    public IReadOnlyList<Channel> ToModel() =>
        [.. Channels.Select(entry => new Channel(entry.Name, entry.Unit, entry.Transform, entry.Mean, entry.Std, Limit))];

    private static CommandException Bad(string path, string what) =>
        CommandException.BadInput($"{path}: {what.TrimEnd('.')}. A channels file looks like "
            + "{\"sampleRate\": 1, \"limit\": 8, \"channels\": [{\"name\": \"t\", \"unit\": \"°C\", \"transform\": \"none\", \"mean\": 0, \"std\": 1}]}.");
}

/// <summary>One channel of the file: normalised = (transform(reading) - mean) / std.</summary>
internal sealed record ChannelEntry(string Name, string Unit = "", ChannelTransform Transform = ChannelTransform.None, double Mean = 0, double Std = 1);
