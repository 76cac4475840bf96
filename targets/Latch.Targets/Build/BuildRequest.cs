using Latch.Targets.Profiles;

namespace Latch.Targets.Build;

/// <summary>What <c>latch build</c> is asked for.</summary>
internal sealed record BuildRequest
{
    public required TargetProfile Target { get; init; }

    /// <summary>The .latch file.</summary>
    public required string Model { get; init; }

    /// <summary>Name of the model's package; null takes the file's.</summary>
    public string? Name { get; init; }

    public required int Version { get; init; }

    /// <summary>The anomaly profile, if any.</summary>
    public string? Profile { get; init; }

    /// <summary>agent.json; null writes one that reads the host's own sensors.</summary>
    public string? Configuration { get; init; }

    /// <summary>Private key, if any.</summary>
    public string? Key { get; init; }

    public string? Passphrase { get; init; }

    /// <summary>A prebuilt agent; null publishes one, or takes that of the folder of prebuilt ones.</summary>
    public string? Agent { get; init; }

    /// <summary>Folder for bundle and packages.</summary>
    public required string Output { get; init; }

    public required string Maintainer { get; init; }

    /// <summary>Time of the model and of everything in its package. The agent's package has none of its own: equal content gives the same bytes on every day.</summary>
    public required DateTimeOffset Time { get; init; }

    /// <summary>Tells agents of one version of this program apart that hold other content, above zero and growing; null for none.</summary>
    public int? AgentVersion { get; init; }
}

/// <summary>What was built; out/build.json.</summary>
/// <param name="Target">Name of the target.</param>
/// <param name="Model">Name of the model.</param>
/// <param name="Version">Version of the model.</param>
/// <param name="SignedBy">Id of the key; null when unsigned.</param>
/// <param name="AgentPackage">File name.</param>
/// <param name="AgentContent">Hash of what is in it, without dates: /usr/lib/latch/agent/content on a board that has it.</param>
/// <param name="ModelPackage">File name.</param>
/// <param name="Bundle">Folder name.</param>
internal sealed record BuildResult(string Target, string Model, int Version, string? SignedBy, string AgentPackage, string AgentContent, string ModelPackage, string Bundle);
