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

    /// <summary>Reads one definition; null after a fault.</summary>
    internal static SourceDefinition? Read(DefinitionReader reader, SourceContext context)
    {
        Func<DefinitionReader, SourceContext, SourceDefinition>? read = reader.Choice("kind", null, [.. s_kinds.Select(entry => (entry.Kind, (Func<DefinitionReader, SourceContext, SourceDefinition>?)entry.Read))]);
        if (read is null)
        {
            if (!reader.Has("kind"))
                reader.Fault("kind", $"is missing; one of {string.Join(", ", Kinds)} was expected.");
            return null;
        }

        SourceDefinition source = read(reader, context);
        if (reader.Object("names") is { } names)
            source = new RenamedDefinition(source, names);
        reader.Finish();
        return source;
    }
}
