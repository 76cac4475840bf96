using System.Text.Json;
using System.Text.Json.Serialization;
using Latch.Model;

namespace Latch.Anomaly;

/// <summary>The JSON form of a profile, and the checks a file must pass.</summary>
internal static class ProfileJson
{
    private const string Format = "latch-anomaly-profile";
    private const int Version = 1;

    internal static string Write(AnomalyProfile profile)
    {
        ChannelEntry[] channels = new ChannelEntry[profile.Channels.Count];
        for (int i = 0; i < channels.Length; i++)
            channels[i] = new(profile.Channels[i], profile.Residuals[i], profile.Tails.Slice(i * ResidualStatistics.PerChannel, ResidualStatistics.PerChannel).ToArray());
        ProfileFile file = new(Format, Version, profile.SampleRate, profile.Settings, profile.AlarmRate, channels);
        return JsonSerializer.Serialize(file, ProfileJsonContext.Default.ProfileFile) + "\n";
    }

    internal static AnomalyProfile Read(string text, string path)
    {
        ProfileFile? file;
        try
        {
            file = JsonSerializer.Deserialize(text, ProfileJsonContext.Default.ProfileFile);
        }
        catch (JsonException e)
        {
            throw new AnomalyProfileException(path, $"is not an anomaly profile. {JsonFault.Of(e)}", e);
        }

        if (file is null)
            throw new AnomalyProfileException(path, "is not an anomaly profile: it holds nothing.");
        if (Fault(file) is { } fault)
            throw new AnomalyProfileException(path, fault);
        return new(
            [.. file.Channels.Select(channel => channel.Name)], file.SampleRate, file.Settings,
            [.. file.Channels.Select(channel => channel.Residual)], [.. file.Channels.SelectMany(channel => channel.Tails)], file.AlarmRate);
    }

    private static string? Fault(ProfileFile file)
    {
        if (file.Format != Format || file.Version != Version)
            return $"has format '{file.Format}' version {file.Version}; '{Format}' version {Version} was expected.";
        if (!(file.SampleRate > 0) || !double.IsFinite(file.SampleRate))
            return "the sample rate must be above zero.";
        if (file.Settings.Fault() is { } settings)
            return $"{settings}.";
        if (!file.AlarmRate.IsValid)
            return "the alarm rate is out of range.";
        if (file.Channels.Length == 0)
            return "there is no channel.";
        foreach (ChannelEntry channel in file.Channels)
            if (!IsValid(channel))
                return $"channel '{channel?.Name}' has a missing value or one out of range.";
        return null;
    }

    private static bool IsValid(ChannelEntry? channel) =>
        channel is { Name.Length: > 0, Tails.Length: ResidualStatistics.PerChannel }
        && double.IsFinite(channel.Residual.Mean) && double.IsFinite(channel.Residual.Deviation) && channel.Residual.Deviation > 0
        && channel.Tails.All(tail => tail.IsValid);
}

/// <summary>A profile file.</summary>
internal sealed record ProfileFile(
    string Format, int Version, double SampleRate, DetectorSettings Settings, AlarmRateModel AlarmRate, ChannelEntry[] Channels);

/// <summary>One channel of a profile file; tails by reason.</summary>
internal sealed record ChannelEntry(string Name, ChannelResidual Residual, TailModel[] Tails);

[JsonSerializable(typeof(ProfileFile))]
[JsonSourceGenerationOptions(WriteIndented = true, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true)]
internal sealed partial class ProfileJsonContext : JsonSerializerContext;
