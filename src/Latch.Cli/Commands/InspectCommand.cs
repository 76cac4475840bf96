using System.CommandLine;
using Latch.Cli.Models;
using Latch.Cli.Output;
using Latch.Import;
using Latch.Import.Graph;
using Latch.Import.Sources;
using Latch.Quantize;
using Latch.Runtime;
using Latch.Targets.Profiles;

namespace Latch.Cli.Commands;

/// <summary><c>latch inspect</c>: what a model file holds and whether it can be run.</summary>
internal static class InspectCommand
{
    public static Command Create(Terminal terminal)
    {
        Argument<string> model = new("MODEL") { Description = $"A .latch file, or a trained model: {HelpText.Trained}." };
        Option<int?> steps = CommonOptions.Steps("Time steps of a window, for a trained model that leaves them open.");
        Option<string[]> state = CommonOptions.State();
        Option<string?> kernel = CommonOptions.Kernel();
        kernel.Description = "Kernel whose memory a .latch file is shown with; without it the one LATCH_KERNEL names, else the fastest here.";
        Option<string> target = TargetOptions.Target(required: false);
        target.Description = "A board by its name in 'latch targets': adds memory and the estimated time of a step of a .latch file there.";
        Option<string?> targets = TargetOptions.Targets();
        Option<bool> json = CommonOptions.Json();
        Command command = new("inspect", "Shows layers, sizes, operations, formats and memory of a model. Exit code 0 only if it can be run.")
        {
            model, steps, state, kernel, target, targets, json,
        };
        command.SetAction(parsed =>
        {
            string path = parsed.GetRequiredValue(model);
            TargetProfile? board = parsed.GetValue(target) is { } name ? TargetCatalog.Load(parsed.GetValue(targets)).Find(name) : null;
            if (board is not null && !ModelFile.IsLatch(path))
                throw CommandException.Usage($"--target needs a .latch file; {path} is none. Make one with 'latch quantize'.");
            return ModelFile.IsLatch(path)
                ? InspectLatch(terminal, path, parsed.GetValue(kernel), board, parsed.GetValue(json))
                : InspectOnnx(terminal, path, parsed.GetValue(steps), StateOption.Parse(parsed.GetValue(state)), parsed.GetValue(json));
        });
        return command;
    }

    private static int InspectLatch(Terminal terminal, string path, string? kernel, TargetProfile? board, bool json)
    {
        using LatchModel model = ModelFile.OpenLatch(path, kernel);
        if (json)
        {
            Json.Write(terminal, board is null ? LatchDescription.Document(path, model) : new { model = LatchDescription.Document(path, model), target = TargetDescription.Document(model, board) });
            return (int)ExitCode.Ok;
        }
        LatchDescription.Write(terminal, path, model);
        if (board is not null)
            TargetDescription.Write(terminal, model, board);
        return (int)ExitCode.Ok;
    }

    private static int InspectOnnx(Terminal terminal, string path, int? steps, IReadOnlyList<StatePair>? states, bool json)
    {
        ModelSource source;
        FloatModel model;
        string? obstacle;
        bool isOpen;
        try
        {
            source = ModelSource.Open(path);
            model = source.Import(new ImportOptions { Steps = steps, States = states });
            obstacle = Quantizer.StreamingObstacle(model, wanted => source.Import(new ImportOptions { Steps = wanted, ReplaceSteps = true, States = states }));
            isOpen = steps is null && model.Steps == 1 && TakesWindows(source, states);
        }
        catch (ImportException exception) when (exception.Code is ImportErrorCode.UnsupportedOperator or ImportErrorCode.UnsupportedForm
            or ImportErrorCode.UnsupportedOpset or ImportErrorCode.UnresolvedShape)
        {
            throw new CommandException(ExitCode.CheckFailed, exception.Message);
        }

        if (json)
            Json.Write(terminal, OnnxDescription.Document(source, model, isOpen, obstacle));
        else
            OnnxDescription.Write(terminal, path, model, isOpen, obstacle);
        return (int)ExitCode.Ok;
    }

    // Whether the file leaves the number of steps to whoever imports it.
    private static bool TakesWindows(ModelSource source, IReadOnlyList<StatePair>? states)
    {
        try
        {
            return source.Import(new ImportOptions { Steps = 2, States = states }).Steps == 2;
        }
        catch (ImportException)
        {
            return false;
        }
    }
}
