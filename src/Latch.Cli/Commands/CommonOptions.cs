using System.CommandLine;

namespace Latch.Cli.Commands;

/// <summary>Arguments and options that several commands share.</summary>
internal static class CommonOptions
{
    public static Option<bool> Json() => new("--json") { Description = HelpText.Json };

    public static Argument<string> LatchModel() => new("MODEL.latch") { Description = "A quantized model." };

    public static Argument<string> OnnxModel() => new("MODEL.onnx") { Description = "A trained model." };

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

    public static Option<int> Stride()
    {
        Option<int> stride = new("--stride") { Description = "Rows from one window's start to the next one's.", DefaultValueFactory = _ => 1, HelpName = "N" };
        AtLeastOne(stride);
        return stride;
    }

    public static void AboveZero<T>(Option<T> option) => option.Validators.Add(result =>
    {
        if (result.GetValueOrDefault<T>() is double value && !(value > 0 && double.IsFinite(value)))
            result.AddError($"{option.Name} must be a number above zero.");
    });

    private static void AtLeastOne<T>(Option<T> option) => option.Validators.Add(result =>
    {
        if (result.GetValueOrDefault<T>() is int value and < 1)
            result.AddError($"{option.Name} must be at least 1.");
    });
}
