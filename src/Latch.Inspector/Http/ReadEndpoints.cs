using System.Runtime.InteropServices;
using System.Text;
using Latch.Inspector.Documents;
using Latch.Inspector.Tracks;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Latch.Inspector.Http;

/// <summary>The requests that read what a session holds.</summary>
internal sealed class ReadEndpoints(InspectorSession session)
{
    private const int MostPlaneSteps = 4096;
    private const int MostSeriesSteps = 16384;

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/api/session", context => Answer.Json(context, SessionDocument.Of(session)));
        routes.MapGet("/api/plane", Plane);
        routes.MapGet("/api/series", Series);
        routes.MapGet("/api/text", context => Answer.Json(context, Text()));
        routes.MapGet("/api/statistics", Statistics);
        routes.MapGet("/api/shadow", Shadow);
        routes.MapGet("/api/attention", Attention);
        routes.MapGet("/api/alarms", Alarms);
    }

    private Task Plane(HttpContext context)
    {
        Query query = new(session, context.Request.Query);
        Track track = query.Track(query.Model());
        int layer = query.Layer(track);
        int quantity = query.Quantity(track.Layers[layer]);
        (long from, int count) = query.Range(Held(track), MostPlaneSteps);
        int bytes = 4 * count * track.Layers[layer].Units;
        return Answer.Numbers(context, bytes, buffer => session.CopyPlane(track, layer, quantity, from, buffer.AsSpan(0, bytes)));
    }

    private Task Series(HttpContext context)
    {
        Query query = new(session, context.Request.Query);
        ModelRun run = query.Model();
        Track track = query.Track(run);
        string what = query.Choice("what", ["input", "output", "score"], null);
        if (what == "input")
        {
            SessionProgress progress = session.Progress();
            (long from, int count) = query.Range((progress.FirstStep, progress.Steps), MostSeriesSteps);
            return Floats(context, count * session.Input.Names.Count, values => session.CopySamples(from, values));
        }
        return what == "output"
            ? Rows(context, query, track.Outputs)
            : Rows(context, query, track.Scores ?? throw InspectorFault.NotFound($"This track of model {run.Index} has no score. Start the studio with --profile or --train."));
    }

    private Task Attention(HttpContext context)
    {
        Query query = new(session, context.Request.Query);
        ModelRun run = query.Model();
        return Rows(context, query, query.IntegerTrack(run).Attention ?? throw InspectorFault.NotFound($"Model {run.Index} has no attention weights."));
    }

    private object Text()
    {
        CharacterInput characters = session.Characters ?? throw InspectorFault.NotFound("The input is not text.");
        SessionProgress progress = session.Progress();
        float[] samples = new float[(int)(progress.Steps - progress.FirstStep) * session.Input.Names.Count];
        session.CopySamples(progress.FirstStep, samples);
        StringBuilder text = new();
        for (int at = 0; at < samples.Length; at += session.Input.Names.Count)
            text.Append(characters.Of(samples.AsSpan(at, session.Input.Names.Count)));
        return new { text = text.ToString(), firstStep = progress.FirstStep };
    }

    private Task Statistics(HttpContext context)
    {
        Query query = new(session, context.Request.Query);
        IntegerTrack track = query.IntegerTrack(query.Model());
        return Answer.Json(context, StatisticsDocument.Of(session, track));
    }

    private Task Shadow(HttpContext context)
    {
        Query query = new(session, context.Request.Query);
        ModelRun run = query.Model();
        FloatTrack exact = run.Float ?? throw InspectorFault.NotFound($"Model {run.Index} has no float model. Start the studio with --float MODEL.onnx.");
        return Answer.Json(context, ShadowDocument.Of(session, run, exact, query.Real("tolerance", 0.05)));
    }

    private Task Alarms(HttpContext context)
    {
        Query query = new(session, context.Request.Query);
        ModelRun run = query.Model();
        Scorer scorer = query.IntegerTrack(run).Scorer ?? throw InspectorFault.NotFound($"Model {run.Index} has no profile, so there are no alarms. Start the studio with --profile or --train.");
        return Answer.Json(context, session.Read(() => scorer.Alarms.Select(alarm => DivergenceDocument.OfAlarm(scorer, alarm)).ToArray()));
    }

    private (long First, long End) Held(Track track) => session.Read(() => (track.First, track.End));

    private Task Rows(HttpContext context, Query query, RowRing<float> rows)
    {
        (long from, int count) = query.Range(session.Read(() => (rows.First, rows.End)), MostSeriesSteps);
        return Floats(context, count * rows.Width, values => session.CopyRows(rows, from, values));
    }

    private static Task Floats(HttpContext context, int count, FloatFill fill) =>
        Answer.Numbers(context, 4 * count, buffer => fill(MemoryMarshal.Cast<byte, float>(buffer.AsSpan(0, 4 * count))));

    private delegate void FloatFill(Span<float> values);
}
