using System.CommandLine;
using Latch.Cli.Output;
using Latch.Targets.Profiles;

namespace Latch.Cli.Commands;

/// <summary><c>latch targets</c>: the boards there are.</summary>
internal static class TargetsCommand
{
    public static Command Create(Terminal terminal)
    {
        Option<string?> folder = TargetOptions.Targets();
        Option<bool> json = CommonOptions.Json();
        Command command = new("targets", "Lists the boards that models can be deployed to.") { folder, json };
        command.SetAction(parsed =>
        {
            TargetCatalog catalog = TargetCatalog.Load(parsed.GetValue(folder));
            if (parsed.GetValue(json))
                Json.Write(terminal, catalog.Profiles);
            else
                Write(terminal, catalog);
            return (int)ExitCode.Ok;
        });
        return command;
    }

    private static void Write(Terminal terminal, TargetCatalog catalog) => terminal.WriteTable("", ["target", "board", "core", "kernel", "memory", "caches", "agent for"],
        catalog.Profiles.Select(profile => new[]
        {
            profile.Name, profile.Board, $"{profile.Cores} x {profile.Core}, {profile.ClockMHz} MHz", profile.Kernel, $"{profile.MemoryMiB} MiB",
            string.Join(" + ", profile.Caches.Select(cache => $"{cache.KiB}")) + " KiB", profile.LatchTarget,
        }));
}
