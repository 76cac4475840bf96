using Microsoft.AspNetCore.Http;

namespace Latch.Inspector.Http;

/// <summary>Turns what goes wrong in a request into an answer.</summary>
internal static class Faults
{
    public static async Task Catch(HttpContext context, RequestDelegate next)
    {
        try
        {
            await next(context);
        }
        catch (InspectorFault fault) when (!context.Response.HasStarted)
        {
            await Answer.Fault(context, fault);
        }
        catch (BadHttpRequestException bad) when (!context.Response.HasStarted)
        {
            await Answer.Error(context, bad.StatusCode, bad.StatusCode == StatusCodes.Status413PayloadTooLarge ? "The body is too large. Send fewer forces." : bad.Message);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
        }
        catch (Exception exception) when (!context.Response.HasStarted)
        {
            await Answer.Error(context, StatusCodes.Status500InternalServerError, $"A fault of the inspector itself, please report it: {exception.GetType().Name}: {exception.Message}");
        }
    }
}
