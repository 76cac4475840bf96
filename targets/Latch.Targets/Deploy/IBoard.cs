using Latch.Targets.Build;

namespace Latch.Targets.Deploy;

/// <summary>A board that commands can be run on.</summary>
internal interface IBoard
{
    /// <summary>[user@]host.</summary>
    string Name { get; }

    /// <summary>Runs a script of the shell.</summary>
    /// <param name="script">Plain sh.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <param name="line">Receives each line of its standard output as it comes.</param>
    Task<ProgramResult> RunAsync(string script, CancellationToken cancellation, Action<string>? line = null);

    /// <summary>Runs a script with a file as its standard input.</summary>
    Task<ProgramResult> SendAsync(string local, string script, CancellationToken cancellation);

    /// <summary>Runs a script and copies its standard output, bytes as they are.</summary>
    Task<ProgramResult> FetchAsync(string script, Stream target, CancellationToken cancellation);
}
