using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Latch.Inspector.Http;

/// <summary>
/// Server-sent events that tell how far a live session is, at most ten a second. Each reader looks at the session by itself and sends one line at a time, so
/// one that does not read holds nothing and nobody up.
/// </summary>
/// <param name="session">The session.</param>
/// <param name="stopping">Ends all events.</param>
internal sealed class LiveEvents(InspectorSession session, CancellationToken stopping)
{
    private const int MostReaders = 32;
    private static readonly TimeSpan s_interval = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan s_longestSilence = TimeSpan.FromSeconds(10);

    private int _readers;

    public void Map(IEndpointRouteBuilder routes) => routes.MapGet("/api/live", Send);

    private async Task Send(HttpContext context)
    {
        if (!session.IsLive)
            throw InspectorFault.NotFound("This is a replay: no new steps come.");
        if (Interlocked.Increment(ref _readers) > MostReaders)
        {
            Interlocked.Decrement(ref _readers);
            await Answer.Error(context, StatusCodes.Status429TooManyRequests, $"{MostReaders} pages follow this session. Close one.");
            return;
        }
        try
        {
            context.Response.ContentType = "text/event-stream";
            using var end = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, stopping);
            await Follow(context.Response, end.Token);
        }
        catch (OperationCanceledException)
        {
        }
        finally
        {
            Interlocked.Decrement(ref _readers);
        }
    }

    private async Task Follow(HttpResponse response, CancellationToken cancellation)
    {
        using PeriodicTimer timer = new(s_interval);
        SessionProgress? told = null;
        int silence = 0;
        do
        {
            SessionProgress now = session.Progress();
            if (now.Steps != told?.Steps)
            {
                await Write(response, Event("steps", now), cancellation);
                (told, silence) = (now, 0);
            }
            else if (++silence * s_interval >= s_longestSilence)
            {
                await Write(response, ": nothing new\n\n", cancellation);
                silence = 0;
            }
            if (now.Ended)
            {
                await Write(response, Event("ended", now), cancellation);
                return;
            }
        }
        while (await timer.WaitForNextTickAsync(cancellation));
    }

    private string Event(string name, SessionProgress progress) =>
        $"event: {name}\ndata: {Answer.Text(new { session.Id, progress.FirstStep, progress.Steps, dropped = progress.FirstStep })}\n\n";

    private static async Task Write(HttpResponse response, string text, CancellationToken cancellation)
    {
        await response.Body.WriteAsync(Encoding.UTF8.GetBytes(text), cancellation);
        await response.Body.FlushAsync(cancellation);
    }
}
