using Latch.Model;
using Latch.Sensors;

namespace Latch.Agent.Models;

/// <summary>Which reading of the source goes to which input of the model.</summary>
internal static class ChannelMap
{
    /// <summary>Matches by name where the model has names, else by position.</summary>
    /// <param name="source">The source's channels.</param>
    /// <param name="model">The model's channels; empty when it has none.</param>
    /// <param name="inputSize">Readings per sample the model takes.</param>
    /// <returns>Per input the index of its reading.</returns>
    /// <exception cref="AgentException">Channels are missing, or the numbers differ.</exception>
    public static int[] Match(IReadOnlyList<SensorChannel> source, IReadOnlyList<Channel> model, int inputSize)
    {
        if (model.Count == 0)
        {
            return source.Count == inputSize
                ? [.. Enumerable.Range(0, inputSize)]
                : throw new AgentException($"source: it has {source.Count} channels, but the model takes {inputSize} readings and does not name them.");
        }

        List<string> present = [.. source.Select(static channel => channel.Name)];
        int[] map = [.. model.Select(channel => present.FindIndex(name => string.Equals(name, channel.Name, StringComparison.OrdinalIgnoreCase)))];
        string[] missing = [.. model.Where((_, at) => map[at] < 0).Select(static channel => channel.Name)];
        if (missing.Length > 0)
            throw new AgentException($"source: the model needs the channel{(missing.Length == 1 ? "" : "s")} {string.Join(", ", missing)}, but the source has {string.Join(", ", present)}.");
        return map;
    }
}
