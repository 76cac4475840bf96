using System.CommandLine;
using Latch.Cli.Models;
using Latch.Cli.Output;
using Latch.Import;
using Latch.Import.Graph;
using Latch.Runtime;

namespace Latch.Cli.Commands;

/// <summary><c>latch inspect</c>: what a model file holds and whether it can be run.</summary>
internal static class InspectCommand
{
    public static Command Create(Terminal terminal)
    {
        Argument<string> model = new("MODEL") { Description = "A .onnx or .latch file." };
        Option<int?> steps = CommonOptions.Steps("Time steps of a window, for an .onnx file that leaves them open.");
        Option<string?> kernel = CommonOptions.Kernel();
        kernel.Description = "Kernel whose memory a .latch file is shown with; without it the one LATCH_KERNEL names, else the fastest here.";
        Option<bool> json = CommonOptions.Json();
        Command command = new("inspect", "Shows layers, sizes, operations, formats and memory of a model. Exit code 0 only if it can be run.") { model, steps, kernel, json };
        command.SetAction(parsed =>
        {
            string path = parsed.GetRequiredValue(model);
            return ModelFile.IsLatch(path)
                ? InspectLatch(terminal, path, parsed.GetValue(kernel), parsed.GetValue(json))
                : InspectOnnx(terminal, path, parsed.GetValue(steps), parsed.GetValue(json));
        });
        return command;
    }

    private static int InspectLatch(Terminal terminal, string path, string? kernel, bool json)
    {
        using LatchModel model = ModelFile.OpenLatch(path, kernel);
        if (json)
            Json.Write(terminal, LatchDescription.Document(path, model));
        else
            LatchDescription.Write(terminal, path, model);
        return (int)ExitCode.Ok;
    }

    private static int InspectOnnx(Terminal terminal, string path, int? steps, bool json)
    {
        FloatModel model;
        try
        {
            model = ModelFile.OpenOnnx(path, steps);
        }
        catch (ImportException exception) when (exception.Code is ImportErrorCode.UnsupportedOperator or ImportErrorCode.UnsupportedForm
            or ImportErrorCode.UnsupportedOpset or ImportErrorCode.UnresolvedShape)
        {
            throw new CommandException(ExitCode.CheckFailed, exception.Message);
        }

        if (json)
            Json.Write(terminal, OnnxDescription.Document(path, model));
        else
            OnnxDescription.Write(terminal, path, model);
        return (int)ExitCode.Ok;
    }
}
