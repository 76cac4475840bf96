using Latch.Import.Graph;

namespace Latch.Import.Sources.Safetensors;

/// <summary>The weights of the file, and which of them a layer used: one that none used is a layer forgotten.</summary>
internal sealed class WeightStore(SafetensorsFile file)
{
    private const int MostNamed = 8;

    private readonly HashSet<string> _used = [];

    public string Source => file.Source;

    public IReadOnlyCollection<string> Names => file.Names;

    public bool Has(string name) => file.Has(name);

    public int[] Shape(string name) => file.Shape(name);

    public FloatTensor Read(string name)
    {
        _used.Add(name);
        return file.Read(name);
    }

    /// <summary>Takes a tensor as used that says nothing for the model, if it is there.</summary>
    public void Skip(string name) => _used.Add(name);

    /// <exception cref="ImportException">A tensor is neither used nor ignored, or nothing is there to ignore.</exception>
    public void RefuseUnused(LayerDescription description)
    {
        foreach (string entry in description.Ignored)
        {
            if (!file.Names.Any(name => Matches(entry, name)))
                throw new ImportException(ImportErrorCode.MissingTensor, description.Source, $"no tensor of {file.Source} is called '{entry}'", attribute: "ignore");
        }
        string[] unused = [.. file.Names.Where(name => !_used.Contains(name) && !description.Ignored.Any(entry => Matches(entry, name))).Order(StringComparer.Ordinal)];
        if (unused.Length == 0)
            return;
        string more = unused.Length > MostNamed ? $" and {unused.Length - MostNamed} more" : "";
        throw new ImportException(
            ImportErrorCode.MissingTensor,
            description.Source,
            $"no layer uses {string.Join(", ", unused.Take(MostNamed).Select(name => $"'{name}'"))}{more} of {file.Source}; describe the layers they belong to, or list them under 'ignore'",
            attribute: "layers");
    }

    private static bool Matches(string entry, string name) => entry.EndsWith('*') ? name.StartsWith(entry[..^1], StringComparison.Ordinal) : name == entry;
}
