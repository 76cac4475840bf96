using System.Net;

namespace Latch.Inspector;

/// <summary>How the inspector is served.</summary>
public sealed record InspectorServerOptions
{
    /// <summary>Port taken when nobody says otherwise.</summary>
    public const int DefaultPort = 5285;

    /// <summary>Address to listen on; another one than loopback needs a token.</summary>
    public IPAddress Address { get; init; } = IPAddress.Loopback;

    /// <summary>Port; 0 takes any free one.</summary>
    public int Port { get; init; } = DefaultPort;

    /// <summary>Whether the next free port is taken when <see cref="Port"/> is not free.</summary>
    public bool SearchPort { get; init; }

    /// <summary>Secret that a browser shows once; null for none.</summary>
    public string? Token { get; init; }

    /// <summary>Requests a second that are answered in the long run; four times as many in a burst.</summary>
    public int RequestsPerSecond { get; init; } = 250;

    /// <summary>Changes (POST) a second that are answered in the long run; four times as many in a burst.</summary>
    public int ChangesPerSecond { get; init; } = 10;

    /// <summary>Writes a table as a Parquet file; null when there is no such writer.</summary>
    public ParquetExport? Parquet { get; init; }
}
