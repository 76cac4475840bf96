using System.Net;
using System.Net.Sockets;
using Latch.Inspector.Http;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Latch.Inspector;

/// <summary>Serves the inspector's page and its interface for one session.</summary>
public sealed class InspectorServer : IAsyncDisposable
{
    private const int PortsTried = 50;
    private const int MostBodyBytes = 64 * 1024;
    private const int MostConnections = 200;

    private readonly WebApplication _application;

    private InspectorServer(WebApplication application, Uri address) => (_application, Address) = (application, address);

    /// <summary>Where a browser finds the page; without the token.</summary>
    public Uri Address { get; }

    /// <summary>Starts serving.</summary>
    /// <param name="session">What is shown.</param>
    /// <param name="options">Address, port and limits; null for the defaults.</param>
    /// <param name="cancellation">Ends the start early.</param>
    /// <exception cref="ArgumentException">Another address than loopback, and no token.</exception>
    /// <exception cref="IOException">The address or the port cannot be taken.</exception>
    public static async Task<InspectorServer> StartAsync(InspectorSession session, InspectorServerOptions? options = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(session);
        options ??= new InspectorServerOptions();
        if (!IPAddress.IsLoopback(options.Address) && string.IsNullOrEmpty(options.Token))
            throw new ArgumentException($"Others can reach {options.Address}: it needs a token.", nameof(options));
        for (int port = options.Port; ; port++)
        {
            WebApplication application = Build(session, options, port);
            try
            {
                await application.StartAsync(cancellation);
                return new InspectorServer(application, new Uri(application.Urls.Single(), UriKind.Absolute));
            }
            catch (Exception exception)
            {
                await application.DisposeAsync();
                if (exception is SocketException)
                    throw new IOException(exception.Message, exception);
                if (!options.SearchPort || exception.InnerException is not AddressInUseException || port == options.Port + PortsTried)
                    throw;
            }
        }
    }

    /// <summary>Stops serving; open connections are closed.</summary>
    public async ValueTask DisposeAsync()
    {
        using CancellationTokenSource limit = new(TimeSpan.FromSeconds(2));
        await _application.StopAsync(limit.Token);
        await _application.DisposeAsync();
    }

    private static WebApplication Build(InspectorSession session, InspectorServerOptions options, int port)
    {
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = MostBodyBytes;
            kestrel.Limits.MaxConcurrentConnections = MostConnections;
            kestrel.Listen(options.Address, port);
        });
        builder.Services.AddRoutingCore();
        builder.Services.AddRateLimiter(limiter => RateLimits.Set(limiter, options));
        builder.Services.AddSingleton<IHostLifetime, QuietLifetime>();
        WebApplication application = builder.Build();
        PageFiles pages = new();
        RequestGuard guard = new(options);
        application.Use(Faults.Catch);
        application.Use(guard.Invoke);
        application.Use((context, next) =>
        {
            context.Response.Headers["X-Latch-Session"] = session.Id;
            return next(context);
        });
        application.UseRateLimiter();
        application.UseRouting();
        new ReadEndpoints(session).Map(application);
        new ForceEndpoints(session).Map(application);
        new ExportEndpoint(session, options.Parquet).Map(application);
        new LiveEvents(session, application.Lifetime.ApplicationStopping).Map(application);
        application.MapGet("/{**path}", pages.Send);
        return application;
    }

    /// <summary>Leaves signals to the program.</summary>
    private sealed class QuietLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
