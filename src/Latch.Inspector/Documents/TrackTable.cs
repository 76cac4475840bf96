using System.Runtime.InteropServices;
using Latch.Inspector.Tracks;
using Latch.Runtime;

namespace Latch.Inspector.Documents;

/// <summary>A stretch of a track as a table: a row a step; the inputs, the outputs, the score, and every quantity of one layer per unit as real values.</summary>
internal sealed class TrackTable
{
    private const int BlockSteps = 512;

    private readonly InspectorSession _session;
    private readonly Track _track;
    private readonly int _layer;
    private readonly List<ExportColumn> _columns = [];
    private readonly HashSet<string> _names = [];

    private TrackTable(InspectorSession session, LatchModel model, Track track, int layer)
    {
        (_session, _track, _layer) = (session, track, layer);
        Add("step", typeof(long));
        if (session.Characters is not null)
            Add("character", typeof(string));
        else
            Add(session.Input.Names, typeof(float));
        Add(SessionDocument.OutputNames(model), typeof(float));
        if (track.Scores is not null)
            Add("score", typeof(float));
        foreach (Quantity quantity in track.Layers[layer].Quantities)
            Add(Enumerable.Range(0, track.Layers[layer].Units).Select(unit => $"{quantity.Id}.{unit}"), typeof(double));
    }

    /// <summary>The table of steps that are held.</summary>
    public static ExportTable Of(InspectorSession session, LatchModel model, Track track, int layer, long from, int count)
    {
        TrackTable table = new(session, model, track, layer);
        return new ExportTable(table._columns, table.Blocks(from, count));
    }

    private IEnumerable<IReadOnlyList<Array>> Blocks(long from, int count)
    {
        for (int done = 0; done < count; done += BlockSteps)
            yield return Block(from + done, Math.Min(BlockSteps, count - done));
    }

    private List<Array> Block(long from, int steps)
    {
        List<Array> block = [Enumerable.Range(0, steps).Select(step => from + step).ToArray()];
        float[] samples = new float[steps * _session.Input.Names.Count];
        _session.CopySamples(from, samples);
        if (_session.Characters is { } characters)
            block.Add(samples.Chunk(_session.Input.Names.Count).Select(sample => characters.Of(sample)).ToArray());
        else
            AddColumns(block, samples, steps);
        AddRows(block, _track.Outputs, from, steps);
        if (_track.Scores is { } scores)
            AddRows(block, scores, from, steps);
        TrackLayer layer = _track.Layers[_layer];
        for (int quantity = 0; quantity < layer.Quantities.Count; quantity++)
            AddColumns(block, Plane(quantity, from, steps), steps);
        return block;
    }

    private double[] Plane(int quantity, long from, int steps)
    {
        TrackLayer layer = _track.Layers[_layer];
        byte[] bytes = new byte[4 * steps * layer.Units];
        _session.CopyPlane(_track, _layer, quantity, from, bytes);
        return _track is FloatTrack
            ? [.. MemoryMarshal.Cast<byte, float>(bytes).ToArray().Select(static value => (double)value)]
            : [.. MemoryMarshal.Cast<byte, int>(bytes).ToArray().Select(layer.Quantities[quantity].ToReal)];
    }

    private void AddRows(List<Array> block, RowRing<float> rows, long from, int steps)
    {
        float[] values = new float[steps * rows.Width];
        _session.CopyRows(rows, from, values);
        AddColumns(block, values, steps);
    }

    private static void AddColumns<T>(List<Array> block, T[] values, int steps)
    {
        int width = values.Length / steps;
        for (int column = 0; column < width; column++)
        {
            T[] one = new T[steps];
            for (int step = 0; step < steps; step++)
                one[step] = values[(step * width) + column];
            block.Add(one);
        }
    }

    private void Add(IEnumerable<string> names, Type type)
    {
        foreach (string name in names)
            Add(name, type);
    }

    private void Add(string name, Type type)
    {
        string unique = name;
        for (int number = 2; !_names.Add(unique); number++)
            unique = $"{name}_{number}";
        _columns.Add(new ExportColumn(unique, type));
    }
}
