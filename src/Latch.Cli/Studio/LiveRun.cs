using Latch.Cli.Data;
using Latch.Cli.Output;
using Latch.Inspector;
using Latch.Sensors;

namespace Latch.Cli.Studio;

/// <summary>Follows a source: one thread reads and steps, and nobody who watches can hold it up.</summary>
internal static class LiveRun
{
    /// <summary>Opens the plan's source, in the order of the models' channels and at a rate.</summary>
    /// <exception cref="CommandException">The source cannot be opened or does not fit.</exception>
    public static ISensorSource Open(string source, double rate, IReadOnlyList<string> channels, int width, Terminal terminal, CancellationToken cancellation)
    {
        ISensorSource opened = SampleSource.Open(source, rate, channels, width, terminal, cancellation);
        return source is "host" or "-" ? opened : new PacedSource(opened, cancellation);
    }

    /// <summary>Steps until the source ends or is cancelled; what is wrong with the source ends it too and is said.</summary>
    public static Task Start(InspectorSession session, ISensorSource source, Terminal terminal) => Task.Factory.StartNew(() =>
    {
        float[] sample = new float[source.Channels.Count];
        try
        {
            while (source.TryRead(sample, out _))
                session.Append(sample);
        }
        catch (CommandException exception)
        {
            terminal.WriteError(exception.Message);
        }
        finally
        {
            session.End();
        }
    }, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
}
