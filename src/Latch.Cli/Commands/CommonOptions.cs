using System.CommandLine;
using System.Globalization;

namespace Latch.Cli.Commands;

/// <summary>Arguments and options that several commands share.</summary>
internal static class CommonOptions
{
    public static Option<bool> Json() => new("--json") { Description = HelpText.Json };

    public static Argument<string> LatchModel() => new("MODEL.latch") { Description = "A quantized model." };

    public static Argument<string> TrainedModel() => new("MODEL") { Description = $"A trained model: {HelpText.Trained}." };

    public static Option<string[]> Data(string name, string description, bool required = true) => new(name)
    {
        Description = $"{description} {HelpText.Data} Several files may be given.",
        Required = required,
        HelpName = "DATA",
        AllowMultipleArgumentsPerToken = true,
    };

    public static Option<int?> Steps(string description)
    {
        Option<int?> steps = new("--steps") { Description = description, HelpName = "N" };
        AtLeastOne(steps);
        return steps;
    }

    /// <summary>States that are inputs and outputs of a model; see <see cref="Models.StateOption"/>.</summary>
    public static Option<string[]> State()
    {
        Option<string[]> state = new("--state") { Description = Models.StateOption.Description, HelpName = Models.StateOption.Form };
        state.Validators.Add(result =>
        {
            if (result.Tokens.FirstOrDefault(token => !Models.StateOption.IsValid(token.Value)) is { } wrong)
                result.AddError($"--state {wrong.Value}: write {Models.StateOption.Form} with the names of an input and an output of the model, or {Models.StateOption.None}.");
        });
        return state;
    }

    public static Option<int> Stride()
    {
        Option<int> stride = new("--stride") { Description = "Rows from one window's start to the next one's.", DefaultValueFactory = _ => 1, HelpName = "N" };
        AtLeastOne(stride);
        return stride;
    }

    /// <summary>Forces gates; see <see cref="Models.GateForceOption"/>.</summary>
    public static Option<string[]> Force(string what) => new("--force")
    {
        Description = $"{what}: {Models.GateForceOption.Form}; open, closed, hold, or a number from 0 to 1. May be given several times.",
        HelpName = "GATE=HOW",
    };

    /// <summary>Forces a kernel; refuses one this machine does not have.</summary>
    public static Option<string?> Kernel()
    {
        Option<string?> kernel = new("--kernel") { Description = HelpText.Kernel, HelpName = "NAME" };
        kernel.Validators.Add(result =>
        {
            if (result.Tokens is [var token] && UnknownKernel(kernel.Name, token.Value) is { } unknown)
                result.AddError(unknown);
        });
        return kernel;
    }

    /// <summary>What is wrong with a kernel's name; null when nothing is.</summary>
    public static string? UnknownKernel(string origin, string name) => Runtime.LatchModel.AvailableKernels.Contains(name)
        ? null
        : $"{origin}: there is no kernel '{name}' on this machine; there are: {string.Join(", ", Runtime.LatchModel.AvailableKernels)}. Name one of these or none.";

    /// <summary>Refuses numbers that are not above zero; text that is no number is refused by the parser.</summary>
    public static void AboveZero(Option option) => option.Validators.Add(result =>
    {
        if (result.Tokens is [var token] && double.TryParse(token.Value, CultureInfo.InvariantCulture, out double value) && !(value > 0 && double.IsFinite(value)))
            result.AddError($"{option.Name} must be a number above zero.");
    });

    /// <summary>Samples per second: refuses rates whose period no timer can wait for.</summary>
    public static void Rate(Option option) => Within(option, 0.001, 10_000);

    /// <summary>Refuses numbers out of a range; text that is no number is refused by the parser.</summary>
    public static void Within(Option option, double least, double most) => option.Validators.Add(result =>
    {
        if (result.Tokens is [var token] && double.TryParse(token.Value, CultureInfo.InvariantCulture, out double value) && !(value >= least && value <= most))
            result.AddError(string.Create(CultureInfo.InvariantCulture, $"{option.Name} must be a number from {least} to {most}."));
    });

    public static Option<string?> Telemetry()
    {
        Option<string?> telemetry = new("--telemetry") { Description = Models.TelemetryFile.Description, HelpName = "FILE" };
        NoDash(telemetry);
        return telemetry;
    }

    /// <summary>Refuses "-", which elsewhere stands for standard output.</summary>
    /// <param name="option">Names an output.</param>
    /// <param name="advice">What to do instead.</param>
    public static void NoDash(Option option, string advice = "Name a file.") => option.Validators.Add(result =>
    {
        if (result.Tokens is [{ Value: "-" }])
            result.AddError($"{option.Name} -: writing this to standard output is not supported. {advice}");
    });

    public static Option<int> TelemetryEvery()
    {
        Option<int> every = new("--telemetry-every") { Description = "Every how many steps a step is written to the telemetry file.", DefaultValueFactory = _ => 1, HelpName = "N" };
        AtLeastOne(every);
        return every;
    }

    private static void AtLeastOne(Option option) => option.Validators.Add(result =>
    {
        if (result.Tokens is [var token] && int.TryParse(token.Value, CultureInfo.InvariantCulture, out int value) && value < 1)
            result.AddError($"{option.Name} must be at least 1.");
    });
}
