namespace Latch.Sensors.Definitions;

/// <summary>Several sources that give one sample: <c>{"kind": "combined", "sources": [...]}</c>.</summary>
internal sealed class CombinedDefinition : SourceDefinition
{
    private readonly SourceDefinition?[] _sources;

    internal CombinedDefinition(DefinitionReader reader, SourceContext context)
    {
        _sources = [.. reader.Objects("sources").Select(source => SourceFactory.Read(source, context))];
        if (_sources.Length == 0)
            reader.Fault("sources", "at least one source is needed.");
    }

    internal override bool Waits => _sources.Any(static source => source is { Waits: true });

    internal override ISensorSource Open(SourceContext context)
    {
        List<ISensorSource> opened = [];
        try
        {
            foreach (SourceDefinition? source in _sources)
                opened.Add(source!.Open(context));
            return new CombinedSource(opened, context);
        }
        catch
        {
            opened.ForEach(source => source.Dispose());
            throw;
        }
    }
}
