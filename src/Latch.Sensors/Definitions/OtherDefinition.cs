using System.Text.Json;

namespace Latch.Sensors.Definitions;

/// <summary>A kind of source that comes with the context.</summary>
internal sealed class OtherDefinition(DefinitionReader reader, Func<JsonElement, SourceContext, ISensorSource> open) : SourceDefinition
{
    internal override ISensorSource Open(SourceContext context) => open(reader.Value, context with { Path = reader.Path });
}
