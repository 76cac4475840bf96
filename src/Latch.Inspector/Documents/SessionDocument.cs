using Latch.Inspector.Tracks;
using Latch.Model;
using Latch.Runtime;

namespace Latch.Inspector.Documents;

/// <summary>The answer of /api/session.</summary>
internal static class SessionDocument
{
    public static object Of(InspectorSession session)
    {
        SessionProgress progress = session.Progress();
        InspectorInput input = session.Input;
        return new
        {
            session.Id,
            input.Title,
            live = session.IsLive,
            progress.Ended,
            progress.FirstStep,
            progress.Steps,
            input.SampleRateHz,
            input = new { kind = session.Characters is null ? "channels" : "characters", input.Names, input.Units },
            input.Labels,
            models = session.Read(() => session.Runs.Select(OfModel).ToArray()),
        };
    }

    private static object OfModel(ModelRun run)
    {
        LatchModel model = run.Inspected.Model;
        return new
        {
            id = run.Index,
            run.Inspected.Name,
            run.Inspected.File,
            model.Kernel,
            outputs = OutputNames(model),
            window = model.CanStep ? 0 : model.Steps,
            tracks = Tracks(run).ToArray(),
            hasScore = run.Base.Scorer is not null,
            threshold = run.Base.Scorer?.Threshold,
            attention = run.Attention,
            layers = model.Definition.Layers.Select(OfLayer).ToArray(),
            forces = (run.Forced?.Forces ?? []).Select(DivergenceDocument.OfForce).ToArray(),
            cut = run.Forced?.Cut ?? [],
            forcedFrom = run.Forced?.From,
        };
    }

    private static IEnumerable<string> Tracks(ModelRun run)
    {
        yield return "base";
        if (run.Forced is not null)
            yield return "forced";
        if (run.Float is not null)
            yield return "float";
    }

    /// <summary>Names of a result's values: the output's name, with an index where it has several.</summary>
    public static IReadOnlyList<string> OutputNames(LatchModel model) =>
        [.. (model.CanStep ? model.Outputs : model.WindowOutputs).SelectMany(static output =>
            output.Count == 1 ? [output.Name] : Enumerable.Range(0, output.Count).Select(at => $"{output.Name}.{at}"))];

    private static object OfLayer(RecurrentLayer layer, int index) => new
    {
        index,
        layer.Name,
        kind = layer.Kind.ToString(),
        units = layer.HiddenSize,
        inputs = layer.InputSize,
        layer.CellRange,
        quantities = Quantity.Of(layer),
    };
}
