using Latch.Import.Graph;

namespace Latch.Import.Sources.Safetensors;

/// <summary>The tensors of one layer: by a prefix and the name that the format gives them, or by a name of their own under 'tensors'.</summary>
internal sealed class LayerTensors(DescriptionObject members, WeightStore store, string prefix, IReadOnlyDictionary<string, string> named)
{
    private readonly HashSet<string> _asked = [];

    /// <summary>A tensor of a shape.</summary>
    /// <param name="role">What the format calls it.</param>
    /// <param name="shape">Lengths of the axes; -1 for any.</param>
    /// <exception cref="ImportException">It is not there, or has another shape.</exception>
    public FloatTensor Read(string role, params int[] shape) => ReadAs(role, role, prefix, shape);

    /// <summary>A tensor that 'tensors' calls otherwise than the format does: those of a backward direction in Keras.</summary>
    /// <param name="role">What 'tensors' calls it.</param>
    /// <param name="own">What the format calls it.</param>
    /// <param name="other">The prefix it has.</param>
    /// <param name="shape">Lengths of the axes; -1 for any.</param>
    /// <exception cref="ImportException">It is not there, or has another shape.</exception>
    public FloatTensor ReadAs(string role, string own, string other, int[] shape)
    {
        string name = Name(role, own, other);
        Check(name, role, shape);
        return store.Read(name);
    }

    /// <summary>Passes over a tensor that inference does not need.</summary>
    public void Skip(string role)
    {
        foreach (string name in Candidates(prefix, role))
            store.Skip(name);
    }

    /// <summary>Says that all tensors are read.</summary>
    /// <exception cref="ImportException">'tensors' names others.</exception>
    public void Close()
    {
        if (named.Keys.FirstOrDefault(role => !_asked.Contains(role)) is { } unknown)
            throw members.Fail($"tensors.{unknown}", $"is unknown here. Known are: {string.Join(", ", _asked.Order(StringComparer.Ordinal))}");
    }

    private string Name(string role, string own, string other)
    {
        _asked.Add(role);
        if (named.TryGetValue(role, out string? given))
            return store.Has(given) ? given : throw members.Fail($"tensors.{role}", $"there is no tensor '{given}' in {store.Source}", ImportErrorCode.MissingTensor);
        string[] candidates = [.. Candidates(other, own)];
        if (candidates.FirstOrDefault(store.Has) is { } found)
            return found;
        string hint = own.StartsWith("bias", StringComparison.Ordinal) || own == "beta" ? "; of a layer without it write \"bias\": false" : "";
        throw members.Fail(
            "prefix",
            $"there is no tensor '{candidates[0]}' in {store.Source}{hint}. Tensors there: {Listed()}. Name it under \"tensors\": {{\"{role}\": ...}} if it is called otherwise",
            ImportErrorCode.MissingTensor);
    }

    private static IEnumerable<string> Candidates(string prefix, string role) => prefix.Length == 0 || prefix[^1] is '.' or '/'
        ? [prefix + role]
        : [$"{prefix}.{role}", $"{prefix}/{role}"];

    private string Listed()
    {
        const int most = 6;
        string[] first = [.. store.Names.Order(StringComparer.Ordinal).Take(most)];
        return string.Join(", ", first) + (store.Names.Count > most ? $" and {store.Names.Count - most} more" : "");
    }

    private void Check(string name, string role, int[] wanted)
    {
        int[] shape = store.Shape(name);
        if (shape.Length != wanted.Length || shape.Where((length, axis) => length < 1 || (wanted[axis] >= 0 && length != wanted[axis])).Any())
        {
            string text = string.Join(',', wanted.Select(length => length < 0 ? "?" : $"{length}"));
            throw members.Fail(role, $"the tensor '{name}' has shape {TensorShape.Text(shape)}, here [{text}] is needed", ImportErrorCode.ShapeMismatch);
        }
    }
}
