using System.Globalization;
using Latch.Runtime;
using Latch.Telemetry;

namespace Latch.Cli.Models;

/// <summary>What all <c>--force</c> of a command line say together.</summary>
/// <param name="Gates">Forced gates, in the order given.</param>
/// <param name="CutLayers">Layers whose recurrence is cut.</param>
internal sealed record GateForceOption(IReadOnlyList<ForcedGate> Gates, IReadOnlyList<int> CutLayers)
{
    public const string Form = "forget=closed[,layer=0][,units=1,2] or recurrence=cut[,layer=0]";

    /// <summary>Whether anything is forced.</summary>
    public bool Any => Gates.Count > 0 || CutLayers.Count > 0;

    /// <summary>Parses the texts of the option.</summary>
    /// <exception cref="CommandException">A text has another form; the message shows it.</exception>
    public static GateForceOption Parse(IReadOnlyList<string> texts)
    {
        List<ForcedGate> gates = [];
        List<int> cut = [];
        foreach (string text in texts)
        {
            string[] parts = text.Split(',', StringSplitOptions.TrimEntries);
            (int layer, int[] units) = Place(parts.AsSpan(1), text);
            if (parts[0].Equals("recurrence=cut", StringComparison.OrdinalIgnoreCase) && units.Length == 0)
                cut.Add(layer);
            else
                gates.Add(Gate(parts[0], layer, units, text));
        }

        return new GateForceOption(gates, cut);
    }

    /// <summary>A session forced like this beside an untouched one.</summary>
    /// <exception cref="CommandException">The model cannot step, or has no such layer, gate or unit.</exception>
    public Counterfactual Beside(LatchModel model)
    {
        try
        {
            return new Counterfactual(model, Gates, CutLayers);
        }
        catch (ArgumentException exception)
        {
            throw CommandException.Usage($"--force: {exception.Message.Split(" (Parameter")[0]}");
        }
    }

    private static ForcedGate Gate(string text, int layer, int[] units, string whole)
    {
        string[] sides = text.Split('=', 2);
        if (sides.Length != 2 || !Enum.TryParse(sides[0], ignoreCase: true, out Gate gate) || !Enum.IsDefined(gate) || int.TryParse(sides[0], out _))
            throw Bad(whole);
        if (double.TryParse(sides[1], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double value))
            return value <= 1 ? ForcedGate.ToValue(layer, gate, value, units) : throw Bad(whole);
        return Enum.TryParse(sides[1], ignoreCase: true, out GateForce force) && Enum.IsDefined(force) ? ForcedGate.To(layer, gate, force, units) : throw Bad(whole);
    }

    private static (int Layer, int[] Units) Place(ReadOnlySpan<string> parts, string whole)
    {
        int layer = 0;
        List<int> units = [];
        bool inUnits = false;
        foreach (string part in parts)
        {
            bool begin = part.StartsWith("units=", StringComparison.OrdinalIgnoreCase);
            if (part.StartsWith("layer=", StringComparison.OrdinalIgnoreCase))
                (layer, inUnits) = (Number(part[6..], whole), false);
            else
                inUnits = begin || inUnits ? true : throw Bad(whole);
            if (inUnits)
                units.Add(Number(begin ? part[6..] : part, whole));
        }

        return (layer, [.. units]);
    }

    private static int Number(string text, string whole) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int value) ? value : throw Bad(whole);

    private static CommandException Bad(string text) => CommandException.Usage(
        $"--force {text}: the form is {Form}; gates are input, output, forget (LSTM), update, reset (GRU); a gate is forced open, closed, hold, or to a number from 0 to 1.");
}
