using System.CommandLine;
using System.Net;
using Latch.Bundle;
using Latch.Cli.Output;
using Latch.Cli.Studio;
using Latch.Cli.Studio.Board;
using Latch.Inspector;
using Latch.Sensors;
using Latch.Targets.Deploy;
using Latch.Telemetry.Recordings;

namespace Latch.Cli.Commands;

/// <summary><c>latch studio</c>: the gate inspector in a browser.</summary>
internal static class StudioCommand
{
    public static Command Create(Terminal terminal)
    {
        StudioOptions options = new();
        Command command = options.Command();
        command.SetAction((parsed, cancellation) => Run(terminal, options.Of(parsed), cancellation));
        return command;
    }

    private static Task<int> Run(Terminal terminal, StudioRequest request, CancellationToken cancellation) =>
        request.Plan.Board is { } address ? OnBoard(terminal, request, address, cancellation)
        : request.Plan.Source is null ? Replay(terminal, request, cancellation) : Live(terminal, request, cancellation);

    private static async Task<int> Replay(Terminal terminal, StudioRequest request, CancellationToken cancellation)
    {
        InspectorSession session = await terminal.WithProgress(stages => Task.Run(() =>
        {
            IReadOnlyList<InspectedModel> models = StudioLoader.Models(request.Plan, request.Kernel, stages, cancellation);
            InspectorSession replayed = StudioLoader.Replay(request.Plan, models, stages, cancellation);
            Force(replayed, request);
            return replayed;
        }, cancellation)).ConfigureAwait(false);
        await Serve(terminal, session, request, cancellation).ConfigureAwait(false);
        return (int)ExitCode.Ok;
    }

    private static async Task<int> Live(Terminal terminal, StudioRequest request, CancellationToken cancellation)
    {
        StudioPlan plan = request.Plan;
        IReadOnlyList<InspectedModel> models = await terminal.WithProgress(stages => Task.Run(
            () => StudioLoader.Models(plan, request.Kernel, stages, cancellation), cancellation)).ConfigureAwait(false);
        double rate = plan.Rate ?? StudioLoader.Rate(models[0].Model);
        using ISensorSource source = await Task.Run(
            () => LiveRun.Open(plan.Source!, rate, StudioLoader.Channels(models), StudioLoader.Width(plan, models), terminal, cancellation), cancellation).ConfigureAwait(false);
        InspectorSession session = StudioLoader.Live(plan with { Rate = rate }, models, [.. source.Channels.Select(static channel => channel.Name)], request.Keep);
        Force(session, request);
        Task steps = Task.CompletedTask;
        await Serve(terminal, session, request, cancellation, () => steps = LiveRun.Start(session, source, terminal)).ConfigureAwait(false);
        await steps.ConfigureAwait(false);
        return (int)ExitCode.Ok;
    }

    private static async Task<int> OnBoard(Terminal terminal, StudioRequest request, BoardAddress address, CancellationToken cancellation)
    {
        SshBoard board = await SshBoard.ConnectAsync(address, cancellation).ConfigureAwait(false);
        await using (board.ConfigureAwait(false))
        {
            string folder = Directory.CreateTempSubdirectory("latch-studio-").FullName;
            try
            {
                BoardStudio remote = new(board, terminal);
                StudioPlan plan = await PlanOf(request.Plan, board, folder, cancellation).ConfigureAwait(false);
                IReadOnlyList<InspectedModel> models = await terminal.WithProgress(stages => Task.Run(
                    () => StudioLoader.Models(plan, request.Kernel, stages, cancellation), cancellation)).ConfigureAwait(false);
                InspectorSession session = StudioLoader.Live(plan, models, StudioLoader.Numbered(StudioLoader.Width(plan, models)), request.Keep);
                Force(session, request);
                Task steps = Task.CompletedTask;
                await Serve(terminal, session, request, cancellation, () => steps = remote.FollowAsync(ModelFingerprint.OfFile(plan.Models[0].Model), session, cancellation)).ConfigureAwait(false);
                await steps.ConfigureAwait(false);
            }
            finally
            {
                Directory.Delete(folder, recursive: true);
            }
        }
        return (int)ExitCode.Ok;
    }

    // A board's own model brings its profile along.
    private static async Task<StudioPlan> PlanOf(StudioPlan plan, SshBoard board, string folder, CancellationToken cancellation)
    {
        if (plan.Models.Count > 0)
            return plan;
        ModelBundle bundle = await new BoardFiles(board).ModelAsync(folder, cancellation).ConfigureAwait(false);
        return plan with { Models = [new StudioModel(bundle.Manifest.Name, bundle.ModelPath) { Profile = bundle.ProfilePath }] };
    }

    private static async Task Serve(Terminal terminal, InspectorSession session, StudioRequest request, CancellationToken cancellation, Action? started = null)
    {
        InspectorServer server = await Start(session, request.Server, cancellation).ConfigureAwait(false);
        await using (server.ConfigureAwait(false))
        {
            terminal.WriteNote($"{Figures.Bytes(session.Bytes)} hold up to {session.Capacity} steps. Ctrl-C ends it.");
            terminal.Out.WriteLine(Address(server, request.Server));
            started?.Invoke();
            await Task.Delay(Timeout.Infinite, cancellation).ContinueWith(static _ => { }, TaskScheduler.Default).ConfigureAwait(false);
        }
    }

    private static async Task<InspectorServer> Start(InspectorSession session, InspectorServerOptions options, CancellationToken cancellation)
    {
        try
        {
            return await InspectorServer.StartAsync(session, options, cancellation).ConfigureAwait(false);
        }
        catch (IOException exception)
        {
            throw CommandException.Usage($"{options.Address}, port {options.Port}: cannot be listened on: {exception.Message.TrimEnd('.')}. Give another --port or --listen, or leave them out.");
        }
    }

    // A browser cannot open "all addresses": its own machine stands for them.
    private static string Address(InspectorServer server, InspectorServerOptions options)
    {
        UriBuilder address = new(server.Address);
        if (options.Address.Equals(IPAddress.Any) || options.Address.Equals(IPAddress.IPv6Any))
            address.Host = options.Address.Equals(IPAddress.Any) ? "127.0.0.1" : "[::1]";
        address.Query = options.Token is null ? "" : $"token={options.Token}";
        return address.Uri.ToString();
    }

    private static void Force(InspectorSession session, StudioRequest request)
    {
        if (!request.Force.Any)
            return;
        try
        {
            session.Force(0, request.Force.Gates, request.Force.CutLayers);
        }
        catch (ArgumentException exception)
        {
            throw CommandException.Usage($"--force: {exception.Message.Split(" (Parameter")[0]}");
        }
    }
}
