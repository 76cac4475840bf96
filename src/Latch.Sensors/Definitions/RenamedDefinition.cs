namespace Latch.Sensors.Definitions;

/// <summary>Any source with <c>"names": {"accel_x": "vibration.x"}</c>.</summary>
internal sealed class RenamedDefinition(SourceDefinition source, DefinitionReader names) : SourceDefinition
{
    private readonly Dictionary<string, string> _names = names.TextProperties().DistinctBy(pair => pair.Name).ToDictionary(pair => pair.Name, pair => pair.Value);

    internal override bool Waits => source.Waits;

    internal override ISensorSource Open(SourceContext context)
    {
        ISensorSource opened = source.Open(context);
        string[] present = [.. opened.Channels.Select(channel => channel.Name)];
        string[] unknown = [.. _names.Keys.Except(present)];
        RenamedSource renamed = new(opened, _names);
        string[] result = [.. renamed.Channels.Select(channel => channel.Name)];
        string? twice = result.GroupBy(name => name).FirstOrDefault(group => group.Count() > 1)?.Key;
        if (unknown.Length == 0 && twice is null)
            return renamed;
        opened.Dispose();
        throw new DefinitionException([unknown.Length > 0
            ? $"{names.Path}: the source has no channel {string.Join(", ", unknown)}. It has: {string.Join(", ", present)}."
            : $"{names.Path}: two channels would be named '{twice}'."]);
    }
}
