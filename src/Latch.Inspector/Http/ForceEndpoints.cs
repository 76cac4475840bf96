using System.Text.Json;
using System.Text.Json.Serialization;
using Latch.Inspector.Documents;
using Latch.Inspector.Tracks;
using Latch.Runtime;
using Latch.Telemetry;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Latch.Inspector.Http;

/// <summary>The requests that force gates and tell what that changes.</summary>
internal sealed class ForceEndpoints(InspectorSession session)
{
    private const string Form = "{\"model\":0,\"forces\":[{\"layer\":0,\"gate\":\"forget\",\"how\":\"closed\",\"units\":[]}],\"cut\":[]}";

    private static readonly JsonSerializerOptions s_options = new(JsonSerializerDefaults.Web)
    {
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        NumberHandling = JsonNumberHandling.Strict,
    };

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/api/force", Force);
        routes.MapGet("/api/divergence", context => Answer.Json(context, Divergence(new Query(session, context.Request.Query).Model())));
    }

    private async Task Force(HttpContext context)
    {
        ForceRequest request = await Read(context);
        if (request.Model < 0 || request.Model >= session.Runs.Count)
            throw InspectorFault.BadRequest($"There is no model {request.Model}; there are {session.Runs.Count}, counted from 0.");
        ForcedGate[] forces = [.. (request.Forces ?? []).Select(Gate)];
        try
        {
            await Task.Run(() => session.Force(request.Model, forces, request.Cut ?? [], context.RequestAborted), context.RequestAborted);
        }
        catch (Exception exception) when (exception is ArgumentException or InvalidOperationException)
        {
            throw InspectorFault.BadRequest(exception.Message.Split(" (Parameter")[0]);
        }
        ModelRun run = session.Runs[request.Model];
        await Answer.Json(context, session.Read(() => DivergenceDocument.Of(run, run.Forced)));
    }

    private object Divergence(ModelRun run) => session.Read(() =>
        DivergenceDocument.Of(run, run.Forced ?? throw InspectorFault.NotFound($"Nothing is forced in model {run.Index}. POST /api/force first.")));

    private static async Task<ForceRequest> Read(HttpContext context)
    {
        try
        {
            return await JsonSerializer.DeserializeAsync<ForceRequest>(context.Request.Body, s_options, context.RequestAborted)
                ?? throw InspectorFault.BadRequest($"The body is null; it looks like {Form}.");
        }
        catch (JsonException exception)
        {
            throw InspectorFault.BadRequest($"The body is not what it should be, at byte {exception.BytePositionInLine} of line {exception.LineNumber + 1}; it looks like {Form}.");
        }
    }

    private static ForcedGate Gate(ForceEntry? entry)
    {
        if (entry is null)
            throw InspectorFault.BadRequest($"A force is null; the body looks like {Form}.");
        if (!Enum.TryParse(entry.Gate, ignoreCase: true, out Gate gate) || !Enum.IsDefined(gate) || char.IsAsciiDigit(entry.Gate[0]))
            throw InspectorFault.BadRequest("A force's gate is one of input, output, forget (LSTM), update, reset (GRU).");
        int[] units = [.. entry.Units ?? []];
        return entry.How switch
        {
            "open" => ForcedGate.To(entry.Layer, gate, GateForce.Open, units),
            "closed" => ForcedGate.To(entry.Layer, gate, GateForce.Closed, units),
            "hold" => ForcedGate.To(entry.Layer, gate, GateForce.Hold, units),
            "value" when entry.Value is >= 0 and <= 1 => ForcedGate.ToValue(entry.Layer, gate, entry.Value.Value, units),
            "value" => throw InspectorFault.BadRequest("A force with how = value needs a value from 0 to 1."),
            _ => throw InspectorFault.BadRequest("A force's how is open, closed, hold or value."),
        };
    }

    private sealed record ForceRequest(int Model, IReadOnlyList<ForceEntry?>? Forces, IReadOnlyList<int>? Cut);

    private sealed record ForceEntry(int Layer, string? Gate, string? How, double? Value, IReadOnlyList<int>? Units);
}
