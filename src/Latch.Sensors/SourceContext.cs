using System.Text.Json;

namespace Latch.Sensors;

/// <summary>What a source's definition does not say itself.</summary>
public sealed record SourceContext
{
    /// <summary>The rate at which the source will be read, in Hz; above zero.</summary>
    public required double SampleRate { get; init; }

    /// <summary>Where the definition stands in the configuration; messages begin with it.</summary>
    public string Path { get; init; } = "source";

    /// <summary>The folder against which file names in the definition are resolved.</summary>
    public string Folder { get; init; } = "";

    /// <summary>Whether the files that a definition names must be on this machine; false where it is checked for another one.</summary>
    public bool LookForFiles { get; init; } = true;

    /// <summary>Standard input of the process when null.</summary>
    public Stream? Input { get; init; }

    /// <summary>How devices are opened.</summary>
    public DeviceAccess Devices { get; init; } = new();

    /// <summary>Ends a read that waits for a device; the series is then at its end.</summary>
    public CancellationToken Cancellation { get; init; }

    /// <summary>Monotonic clock and time of day.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>
    /// Kinds of source from elsewhere, by name: each opens a definition and refuses, with <see cref="DefinitionException"/>, one that does not hold. The context it gets
    /// has the definition's own path; <c>names</c> is applied to what it returns, so it passes over that property.
    /// </summary>
    public IReadOnlyDictionary<string, Func<JsonElement, SourceContext, ISensorSource>> OtherKinds { get; init; } = new Dictionary<string, Func<JsonElement, SourceContext, ISensorSource>>();
}
