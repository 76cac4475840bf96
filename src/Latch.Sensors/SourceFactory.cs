using System.Text.Json;
using Latch.Sensors.Definitions;

namespace Latch.Sensors;

/// <summary>Opens the source that a JSON object describes, such as <c>{"kind": "csv", "file": "pump.csv"}</c>.</summary>
public static class SourceFactory
{
    private static readonly (string Kind, Func<DefinitionReader, SourceContext, SourceDefinition> Read)[] s_kinds =
    [
        ("host", (reader, _) => new HostDefinition(reader)),
        ("csv", (reader, _) => new CsvDefinition(reader)),
        ("stdin", (reader, _) => new StdinDefinition(reader)),
        ("iio", (reader, _) => new IioDefinition(reader)),
        ("i2c", (reader, context) => new RegisterDefinition(reader, spi: false, context)),
        ("spi", (reader, context) => new RegisterDefinition(reader, spi: true, context)),
        ("gpio", (reader, _) => new GpioDefinition(reader)),
        ("combined", (reader, context) => new CombinedDefinition(reader, context)),
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
        SourceDefinition? source = Read(new(definition, context.Path, faults), context);
        return faults.Count == 0 ? source!.Open(context) : throw new DefinitionException(faults);
    }

    /// <summary>Checks a definition without touching a device.</summary>
    /// <returns>Every fault, each beginning with its path; empty when there is none.</returns>
    public static IReadOnlyList<string> Check(JsonElement definition, SourceContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        List<string> faults = [];
        Read(new(definition, context.Path, faults), context);
        return faults;
    }

    /// <summary>Whether a read of the source waits until its device, or who writes to it, has a sample; a source that does not wait answers at once. Touches no device.</summary>
    /// <param name="definition">As for <see cref="Open"/>; false where it does not hold. <see cref="SourceContext.OtherKinds"/> are taken not to wait.</param>
    /// <param name="context">What the definition does not say itself.</param>
    public static bool Waits(JsonElement definition, SourceContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        List<string> faults = [];
        return Read(new(definition, context.Path, faults), context) is { Waits: true } && faults.Count == 0;
    }

    /// <summary>Reads one definition; null after a fault.</summary>
    internal static SourceDefinition? Read(DefinitionReader reader, SourceContext context)
    {
        if (reader.Element("kind") is { ValueKind: JsonValueKind.String } kind && context.OtherKinds.TryGetValue(kind.GetString()!, out var open))
            return Rename(new OtherDefinition(reader, open), reader);
        (string, Func<DefinitionReader, SourceContext, SourceDefinition>?)[] choices =
            [.. s_kinds.Select(entry => (entry.Kind, (Func<DefinitionReader, SourceContext, SourceDefinition>?)entry.Read)), .. context.OtherKinds.Keys.Select(other => (other, (Func<DefinitionReader, SourceContext, SourceDefinition>?)null))];
        Func<DefinitionReader, SourceContext, SourceDefinition>? read = reader.Choice("kind", null, choices);
        if (read is null)
        {
            if (!reader.Has("kind"))
                reader.Fault("kind", $"is missing; one of {string.Join(", ", choices.Select(choice => choice.Item1))} was expected.");
            return null;
        }

        SourceDefinition source = Rename(read(reader, context), reader);
        reader.Finish();
        return source;
    }

    private static SourceDefinition Rename(SourceDefinition source, DefinitionReader reader) =>
        reader.Object("names") is { } names ? new RenamedDefinition(source, names) : source;
}
