using System.CommandLine;
using System.Globalization;
using Latch.Quantize;

namespace Latch.Cli.Commands;

/// <summary>Options of <c>latch quantize</c> that say which tensors have 8 bits and which 16.</summary>
internal sealed class PrecisionOptions
{
    private const string Auto = "auto";

    private readonly Option<string> _activations = new("--activations")
    {
        Description = "Width of activations: int8; int16 (finer, slower); or auto: int8, and int16 where measuring on held-back data shows that it matters, until --budget or --min-sqnr holds.",
        DefaultValueFactory = _ => "int8",
        HelpName = "TYPE",
    };

    private readonly Option<bool> _allInt8 = new("--all-int8") { Description = "With int8: give no tensor 16 bits; without it up to four that cause most of the error get them." };

    private readonly Option<string?> _budget = new("--budget")
    {
        Description = "With auto: the rms error of the outputs may be this part of their standard deviation (0.5% or 0.005). Without it and --min-sqnr: 0.3%.",
        HelpName = "PERCENT",
    };

    private readonly Option<double?> _minSqnr = new("--min-sqnr") { Description = "With auto: the same in dB: 40 is 1%, 46 is 0.5%.", HelpName = "DB" };

    public PrecisionOptions()
    {
        _activations.AcceptOnlyFromAmong("int8", "int16", Auto);
        _budget.Validators.Add(result =>
        {
            if (result.Tokens is [var token] && Part(token.Value) is null)
                result.AddError("--budget must be a part above 0 and up to 100 %, such as 0.5% or 0.005.");
        });
        CommonOptions.Within(_minSqnr, 0, 120);
    }

    public void AddTo(Command command)
    {
        foreach (Option option in new Option[] { _activations, _allInt8, _budget, _minSqnr })
            command.Add(option);
        command.Validators.Add(result =>
        {
            bool auto = result.GetValue(_activations) == Auto, budget = result.GetResult(_budget) is not null, minSqnr = result.GetResult(_minSqnr) is not null;
            if (!auto && (budget || minSqnr))
                result.AddError("--budget and --min-sqnr need --activations auto.");
            if (budget && minSqnr)
                result.AddError("--budget and --min-sqnr say the same: give one of them.");
            if (auto && result.GetValue(_allInt8))
                result.AddError("--all-int8 and --activations auto exclude each other.");
        });
    }

    public ActivationWidth Activations(ParseResult parsed) => parsed.GetValue(_activations) switch
    {
        "int16" => ActivationWidth.Int16,
        Auto => ActivationWidth.Auto,
        _ => ActivationWidth.Int8,
    };

    public bool WidenCostly(ParseResult parsed) => !parsed.GetValue(_allInt8);

    /// <summary>The allowed error over the standard deviation; null when nothing was said.</summary>
    public double? Budget(ParseResult parsed) =>
        parsed.GetValue(_budget) is { } text ? Part(text) : parsed.GetValue(_minSqnr) is { } decibel ? Math.Pow(10, -decibel / 20) : null;

    private static double? Part(string text)
    {
        string number = text.TrimEnd();
        bool percent = number.EndsWith('%');
        if (!double.TryParse(percent ? number[..^1] : number, NumberStyles.Float, CultureInfo.InvariantCulture, out double value))
            return null;
        double part = percent ? value / 100 : value;
        return part is > 0 and <= 1 ? part : null;
    }
}
