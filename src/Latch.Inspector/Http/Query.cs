using System.Globalization;
using Latch.Inspector.Tracks;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace Latch.Inspector.Http;

/// <summary>The parameters of a request, checked.</summary>
internal sealed class Query(InspectorSession session, IQueryCollection values)
{
    /// <summary>The model that <c>model</c> names; the first without it.</summary>
    public ModelRun Model()
    {
        int index = Number("model", session.Runs.Count, 0);
        return session.Runs[index];
    }

    /// <summary>The track that <c>track</c> names; the base track without it.</summary>
    public Track Track(ModelRun run) => Choice("track", ["base", "forced", "float"], "base") switch
    {
        "forced" => Forced(run),
        "float" => run.Float ?? throw InspectorFault.NotFound($"Model {run.Index} has no float model. Start the studio with --float MODEL.onnx."),
        _ => run.Base,
    };

    /// <summary>As <see cref="Track"/>, but only tracks of the integer model.</summary>
    public IntegerTrack IntegerTrack(ModelRun run) => Choice("track", ["base", "forced"], "base") == "forced" ? Forced(run) : run.Base;

    /// <summary>The layer that <c>layer</c> names; the first without it.</summary>
    public int Layer(Track track)
    {
        if (track.Layers.Count == 0)
            throw InspectorFault.NotFound("The model has no recurrent layer.");
        return Number("layer", track.Layers.Count, 0);
    }

    /// <summary>Index of the quantity that <c>quantity</c> names.</summary>
    public int Quantity(TrackLayer layer)
    {
        string[] ids = [.. layer.Quantities.Select(static quantity => quantity.Id)];
        return Array.IndexOf(ids, Choice("quantity", ids, null));
    }

    /// <summary>The steps from <c>from</c> to before <c>to</c>; all that are held where one is not given.</summary>
    /// <param name="held">Oldest step held, and the step after the newest.</param>
    /// <param name="most">Most steps a request may ask for.</param>
    /// <exception cref="InspectorFault">Not numbers, too many, or not held.</exception>
    public (long From, int Count) Range((long First, long End) held, int most)
    {
        long from = Whole("from") ?? held.First, to = Whole("to") ?? held.End;
        if (to < from)
            throw InspectorFault.BadRequest($"'to' is {to}, before 'from', which is {from}. Give from <= to.");
        if (to - from > most)
            throw InspectorFault.BadRequest($"{to - from} steps were asked for; a request may ask for {most}. Ask in pieces.");
        if (from < held.First || to > held.End)
            throw InspectorFault.NotHeld(from, to, held.First, held.End);
        return (from, (int)(to - from));
    }

    /// <summary>One of some words.</summary>
    public string Choice(string name, IReadOnlyList<string> words, string? usual)
    {
        string? text = One(name) ?? usual;
        return text is not null && words.Contains(text)
            ? text
            : throw InspectorFault.BadRequest($"'{name}' is {(text is null ? "missing" : $"'{Short(text)}'")}; it can be {string.Join(", ", words)}.");
    }

    /// <summary>A real number above or equal to zero.</summary>
    public double Real(string name, double usual)
    {
        if (One(name) is not { } text)
            return usual;
        return double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double value) && double.IsFinite(value) && value >= 0
            ? value
            : throw InspectorFault.BadRequest($"'{name}' is '{Short(text)}'; give a number of 0 or more.");
    }

    private static IntegerTrack Forced(ModelRun run) =>
        run.Forced?.Track ?? throw InspectorFault.NotFound($"Nothing is forced in model {run.Index}. POST /api/force first.");

    private static string Short(string text) => text.Length <= 40 ? text : text[..40] + "...";

    private int Number(string name, int count, int usual)
    {
        long value = Whole(name) ?? usual;
        return value < count ? (int)value : throw InspectorFault.BadRequest($"'{name}' is {value}; it can be 0 to {count - 1}.");
    }

    private long? Whole(string name)
    {
        if (One(name) is not { } text)
            return null;
        return long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long value) && value <= int.MaxValue * 1024L
            ? value
            : throw InspectorFault.BadRequest($"'{name}' is '{Short(text)}'; give a whole number of 0 or more.");
    }

    private string? One(string name)
    {
        StringValues given = values[name];
        if (given.Count > 1)
            throw InspectorFault.BadRequest($"'{name}' is given {given.Count} times; give it once.");
        return given.Count == 0 || string.IsNullOrEmpty(given[0]) ? null : given[0];
    }
}
