using System.CommandLine;
using Latch.Cli.Output;
using Latch.Cli.Studio;
using Latch.Inspector;

namespace Latch.Cli.Commands;

/// <summary><c>latch studio</c>: the gate inspector in a browser.</summary>
internal static class StudioCommand
{
    public static Command Create(Terminal terminal)
    {
        Argument<string[]> models = new("MODEL.latch") { Description = "Quantized models, several as twins on the same data; or one description file (.json).", Arity = ArgumentArity.OneOrMore };
        Option<string?> data = new("--data") { Description = $"Recording to replay. {HelpText.Data}", HelpName = "DATA" };
        Option<int?> port = new("--port") { Description = $"Port; without it {InspectorServerOptions.DefaultPort} or the next free one.", HelpName = "N" };
        CommonOptions.Within(port, 0, 65535);
        Option<string?> kernel = CommonOptions.Kernel();
        Command command = new("studio", "Shows the gates of models in a browser: replay, heat maps, forcing, int8 against float. Ctrl-C ends it.") { models, data, port, kernel };
        command.SetAction((parsed, cancellation) => Run(terminal, new Options(
            parsed.GetRequiredValue(models), parsed.GetValue(data), parsed.GetValue(port), parsed.GetValue(kernel)), cancellation));
        return command;
    }

    private static async Task<int> Run(Terminal terminal, Options options, CancellationToken cancellation)
    {
        StudioPlan plan = Plan(options);
        InspectorSession session = await terminal.WithProgress(stages => Task.Run(
            () => StudioLoader.Replay(plan, StudioLoader.Models(plan, options.Kernel, stages, cancellation), stages, cancellation), cancellation)).ConfigureAwait(false);
        InspectorServer server = await InspectorServer.StartAsync(
            session, new InspectorServerOptions { Port = options.Port ?? InspectorServerOptions.DefaultPort, SearchPort = options.Port is null }, cancellation).ConfigureAwait(false);
        await using (server.ConfigureAwait(false))
        {
            terminal.Out.WriteLine($"{server.Address}  ({Figures.Bytes(session.Bytes)} held). Ctrl-C ends it.");
            await Task.Delay(Timeout.Infinite, cancellation).ContinueWith(static _ => { }, TaskScheduler.Default).ConfigureAwait(false);
        }
        return (int)ExitCode.Ok;
    }

    private static StudioPlan Plan(Options options)
    {
        if (options.Models is [var only] && StudioFile.Is(only))
            return StudioFile.Read(only);
        if (options.Data is null)
            throw CommandException.Usage("Give a recording with --data.");
        return new StudioPlan { Models = [.. options.Models.Select(static path => new StudioModel(Path.GetFileNameWithoutExtension(path), path))], Data = options.Data };
    }

    private sealed record Options(IReadOnlyList<string> Models, string? Data, int? Port, string? Kernel);
}
