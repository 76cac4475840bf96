using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace Latch.Inspector.Http;

/// <summary>
/// Refuses what does not come from our own page: another Host (a name that was made to point here), another Origin, a change without the page's header, and,
/// where there is a token, whoever has not shown it.
/// </summary>
internal sealed class RequestGuard(InspectorServerOptions options)
{
    private const string Policy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    private readonly string _cookieValue = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32));

    public async Task Invoke(HttpContext context, RequestDelegate next)
    {
        AddHeaders(context.Response.Headers);
        if (Refusal(context) is { } refusal)
            await Answer.Error(context, StatusCodes.Status403Forbidden, refusal);
        else if (options.Token is not null && !KnowsCookie(context))
            await AskForToken(context);
        else if (HttpMethods.IsPost(context.Request.Method) && BadPost(context.Request) is { } bad)
            await Answer.Error(context, bad.Status, bad.Message);
        else
            await next(context);
    }

    private static void AddHeaders(IHeaderDictionary headers)
    {
        headers.ContentSecurityPolicy = Policy;
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "no-referrer";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        headers.CacheControl = "no-store";
    }

    private static string? Refusal(HttpContext context)
    {
        HostString host = context.Request.Host;
        if ((host.Port ?? 80) != context.Connection.LocalPort || !IsOurs(host.Host, context.Connection.LocalIpAddress))
            return "The Host header names another server. Open the address that latch studio printed.";
        var origin = context.Request.Headers.Origin;
        return origin.Count == 0 || (origin.Count == 1 && string.Equals(origin[0], $"{context.Request.Scheme}://{host.Value}", StringComparison.OrdinalIgnoreCase))
            ? null
            : "The request comes from another page. Open the address that latch studio printed.";
    }

    private static bool IsOurs(string host, IPAddress? local)
    {
        if (host is "localhost" or "127.0.0.1" or "[::1]")
            return true;
        return local is not null && IPAddress.TryParse(host.AsSpan().Trim("[]"), out IPAddress? named) && named.Equals(local.IsIPv4MappedToIPv6 ? local.MapToIPv4() : local);
    }

    private static (int Status, string Message)? BadPost(HttpRequest request)
    {
        if (request.Headers["X-Latch"] != "1")
            return (StatusCodes.Status403Forbidden, "A change needs the header 'X-Latch: 1'.");
        return MediaTypeHeaderValue.TryParse(request.ContentType, out MediaTypeHeaderValue? type) && string.Equals(type.MediaType, "application/json", StringComparison.OrdinalIgnoreCase)
            ? null
            : (StatusCodes.Status400BadRequest, "A change is sent as application/json.");
    }

    private static bool Same(string given, string expected) =>
        CryptographicOperations.FixedTimeEquals(SHA256.HashData(Encoding.UTF8.GetBytes(given)), SHA256.HashData(Encoding.UTF8.GetBytes(expected)));

    // Cookies are shared by all ports of a machine, so the name holds ours.
    private static string CookieName(HttpContext context) => $"latch-{context.Connection.LocalPort}";

    private bool KnowsCookie(HttpContext context) => context.Request.Cookies[CookieName(context)] is { } value && Same(value, _cookieValue);

    // The token is shown once, in the page's address; from then on the cookie stands for it and the address is clean.
    private Task AskForToken(HttpContext context)
    {
        if (!HttpMethods.IsGet(context.Request.Method) || context.Request.Path != "/" || context.Request.Query["token"] is not [{ } token] || !Same(token, options.Token!))
            return Answer.Error(context, StatusCodes.Status403Forbidden, "This address needs the token. Open the address that latch studio printed, with ?token=...");
        context.Response.Cookies.Append(CookieName(context), _cookieValue, new CookieOptions { HttpOnly = true, SameSite = SameSiteMode.Strict, Path = "/" });
        QueryString rest = QueryString.Create(context.Request.Query.Where(static pair => pair.Key != "token"));
        context.Response.StatusCode = StatusCodes.Status303SeeOther;
        context.Response.Headers.Location = "/" + rest.ToUriComponent();
        return Task.CompletedTask;
    }
}
