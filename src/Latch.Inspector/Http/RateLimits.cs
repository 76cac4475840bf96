using System.Threading.RateLimiting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.RateLimiting;

namespace Latch.Inspector.Http;

/// <summary>How many requests a second are answered: reading is cheap, a change runs the model again.</summary>
internal static class RateLimits
{
    private const int Burst = 4;

    public static void Set(RateLimiterOptions limiter, InspectorServerOptions options)
    {
        limiter.GlobalLimiter = PartitionedRateLimiter.Create<HttpContext, bool>(context =>
            RateLimitPartition.GetTokenBucketLimiter(HttpMethods.IsPost(context.Request.Method), change => Bucket(change ? options.ChangesPerSecond : options.RequestsPerSecond)));
        limiter.OnRejected = static (rejected, _) =>
        {
            rejected.HttpContext.Response.Headers.RetryAfter = "1";
            return new ValueTask(Answer.Error(rejected.HttpContext, StatusCodes.Status429TooManyRequests, "Too many requests. Wait a second."));
        };
    }

    private static TokenBucketRateLimiterOptions Bucket(int perSecond) => new()
    {
        TokenLimit = Burst * perSecond,
        TokensPerPeriod = perSecond,
        ReplenishmentPeriod = TimeSpan.FromSeconds(1),
        QueueLimit = 0,
    };
}
