using System.Text.Json;
using Latch.Sensors.Definitions;

namespace Latch.Sensors;

/// <summary>Opens the source that a JSON object describes, such as <c>{"kind": "csv", "file": "pump.csv"}</c>.</summary>
public static class SourceFactory
{
    private static readonly (string Kind, Func<DefinitionReader, SourceDefinition> Read)[] s_kinds =
    [
        ("host", reader => new HostDefinition(reader)),
        ("csv", reader => new CsvDefinition(reader)),
        ("stdin", reader => new StdinDefinition(reader)),
        ("combined", reader => new CombinedDefinition(reader)),
    ];

    /// <summary>The kinds of source there are.</summary>
    public static IReadOnlyList<string> Kinds { get; } = [.. s_kinds.Select(entry => entry.Kind)];

    /// <summary>Opens a source.</summary>
    /// <param name="definition">An object with the property <c>kind</c> and those of that kind.</param>
    /// <param name="context">What the definition does not say itself.</param>
    /// <exception cref="DefinitionException">The definition does not hold, or names channels that the device does not have.</exception>
    /// <exception cref="SensorException">The device cannot be opened.</exception>
    /// <exception cref="SensorFileException">A file cannot be read.</exception>
    public static ISensorSource Open(JsonElement definition, SourceContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(context.SampleRate);
        List<string> faults = [];
        SourceDefinition? source = Read(new(definition, context.Path, faults));
        return faults.Count == 0 ? source!.Open(context) : throw new DefinitionException(faults);
    }

    /// <summary>Checks a definition without touching a device.</summary>
    /// <returns>Every fault, each beginning with its path; empty when there is none.</returns>
    public static IReadOnlyList<string> Check(JsonElement definition, SourceContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        List<string> faults = [];
        Read(new(definition, context.Path, faults));
        return faults;
    }

    /// <summary>Reads one definition; null after a fault.</summary>
    internal static SourceDefinition? Read(DefinitionReader reader)
    {
        Func<DefinitionReader, SourceDefinition>? read = reader.Choice("kind", null, [.. s_kinds.Select(entry => (entry.Kind, (Func<DefinitionReader, SourceDefinition>?)entry.Read))]);
        if (read is null)
        {
            if (!reader.Has("kind"))
                reader.Fault("kind", $"is missing; one of {string.Join(", ", Kinds)} was expected.");
            return null;
        }

        SourceDefinition source = read(reader);
        if (reader.Object("names") is { } names)
            source = new RenamedDefinition(source, names);
        reader.Finish();
        return source;
    }
}
