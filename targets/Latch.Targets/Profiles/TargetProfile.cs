using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.RegularExpressions;
using Latch.Model;

namespace Latch.Targets.Profiles;

/// <summary>A cache of a board.</summary>
/// <param name="Level">1 (data) to 3.</param>
/// <param name="KiB">Size.</param>
/// <param name="SharedBy">Cores that share it.</param>
internal sealed record CacheLevel(int Level, [property: JsonPropertyName("KiB")] int KiB, int SharedBy);

/// <summary>What the health gate allows.</summary>
internal sealed record TargetLimits(int StepMicroseconds, int MemoryMiB);

/// <summary>A way to sensors and pins.</summary>
/// <param name="Name">I2C, SPI, GPIO, IIO.</param>
/// <param name="Device">Path of the device.</param>
/// <param name="Enable">How it is switched on.</param>
internal sealed record BoardInterface(string Name, string Device, string Enable);

/// <summary>A board: targets/*.json, described by target.schema.json.</summary>
internal sealed partial record TargetProfile
{
    private static readonly string[] s_systems = ["linux-arm64", "linux-x64"];
    private static readonly string[] s_targets = ["linux-arm64", "linux-x64-v2", "linux-x64-v3", "linux-x64-v4"];
    private static readonly string[] s_kernels = ["dotprod", "advsimd", "avx512", "avxvnni", "avx2", "vector128", "scalar"];

    [JsonPropertyName("$schema")]
    public string? Schema { get; init; }

    public required string Name { get; init; }

    public required string Board { get; init; }

    public required string Rid { get; init; }

    public required string LatchTarget { get; init; }

    public required string Core { get; init; }

    public required int Cores { get; init; }

    [JsonPropertyName("clockMHz")]
    public required int ClockMHz { get; init; }

    public required IReadOnlyList<CacheLevel> Caches { get; init; }

    public required int MemoryMiB { get; init; }

    public required int AgentMemoryMiB { get; init; }

    public required string Kernel { get; init; }

    public required string Glibc { get; init; }

    public required IReadOnlyList<string> Groups { get; init; }

    public required TargetLimits Limits { get; init; }

    public required IReadOnlyList<BoardInterface> Interfaces { get; init; }

    public required IReadOnlyList<string> Sources { get; init; }

    /// <summary>As Debian calls the processor: arm64, amd64.</summary>
    [JsonIgnore]
    public string Architecture => Rid == "linux-arm64" ? "arm64" : "amd64";

    /// <summary>As uname -m calls it.</summary>
    [JsonIgnore]
    public string Machine => Rid == "linux-arm64" ? "aarch64" : "x86_64";

    public static TargetProfile Parse(string text, string where)
    {
        TargetProfile? profile;
        try
        {
            profile = JsonSerializer.Deserialize(text, ProfileJson.Default.TargetProfile);
        }
        catch (JsonException exception)
        {
            throw new TargetException($"{where}: it is no target profile: {JsonFault.Of(exception)} target.schema.json says what it must hold.", exception);
        }
        if (profile is null || profile.Fault() is { } fault && fault.Length > 0)
            throw new TargetException($"{where}: {profile?.Fault() ?? "it holds nothing"}. target.schema.json says what it must hold.");
        return profile;
    }

    // The rules of target.schema.json, and what a schema cannot say. Groups go into a script that root runs.
    private string? Fault()
    {
        if (!NamePattern().IsMatch(Name))
            return $"the name '{Name}' is not made of lower-case letters, digits and single hyphens between them";
        if (!s_systems.Contains(Rid) || !s_targets.Contains(LatchTarget) || !LatchTarget.StartsWith(Rid, StringComparison.Ordinal))
            return $"rid '{Rid}' and latchTarget '{LatchTarget}' do not fit each other; rid is one of {string.Join(", ", s_systems)}, latchTarget one of {string.Join(", ", s_targets)}";
        if (!s_kernels.Contains(Kernel))
            return $"there is no kernel '{Kernel}'; there are: {string.Join(", ", s_kernels)}";
        if (!Groups.All(group => group is not null && GroupPattern().IsMatch(group)))
            return "a group is not made of lower-case letters, digits, '_' and '-', with a letter or '_' first";
        if (!GlibcPattern().IsMatch(Glibc))
            return $"glibc '{Glibc}' is no version such as 2.34";
        return NumberFault() ?? TextFault();
    }

    private string? NumberFault()
    {
        if (Cores < 1 || ClockMHz < 1 || MemoryMiB < 64 || AgentMemoryMiB is < 32 || AgentMemoryMiB > MemoryMiB)
            return "a number is too small, or agentMemoryMiB is more than memoryMiB";
        if (Caches.Any(cache => cache is null || cache.Level is < 1 or > 3 || cache.KiB < 1 || cache.SharedBy < 1))
            return "a cache has a level that is not 1, 2 or 3, or a number below 1";
        if (Limits.StepMicroseconds < 1 || Limits.MemoryMiB < 16 || Limits.MemoryMiB > AgentMemoryMiB)
            return "limits.stepMicroseconds is below 1, or limits.memoryMiB is below 16 or above agentMemoryMiB";
        return null;
    }

    private string? TextFault()
    {
        if (Board.Length == 0 || Core.Length == 0)
            return "board or core is empty";
        if (Interfaces.Any(way => way is null || way.Name.Length == 0 || way.Device.Length == 0 || way.Enable.Length == 0))
            return "an interface has an empty text";
        return Sources.Count == 0 || Sources.Any(string.IsNullOrEmpty) ? "no source is named, or one is empty" : null;
    }

    [GeneratedRegex(@"\A[a-z0-9]+(-[a-z0-9]+)*\z")]
    private static partial Regex NamePattern();

    [GeneratedRegex(@"\A[a-z_][a-z0-9_-]*\z")]
    private static partial Regex GroupPattern();

    [GeneratedRegex(@"\A2\.[0-9]+\z")]
    private static partial Regex GlibcPattern();
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow)]
[JsonSerializable(typeof(TargetProfile))]
internal sealed partial class ProfileJson : JsonSerializerContext;
