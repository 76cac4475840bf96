using System.Globalization;
using Latch.Runtime;

namespace Latch.Cli.Models;

/// <summary>One <c>--force</c>: a gate, what it is forced to, in which layer, which units.</summary>
internal sealed record GateForceOption(Gate Gate, GateForce Force, int Layer, IReadOnlyList<int> Units)
{
    public const string Form = "forget=closed[,layer=0][,units=1,2]";

    /// <summary>Parses the text of the option.</summary>
    /// <exception cref="CommandException">The text has another form; the message shows it.</exception>
    public static GateForceOption Parse(string text)
    {
        string[] parts = text.Split(',', StringSplitOptions.TrimEntries);
        string[] first = parts[0].Split('=', 2);
        if (first.Length != 2
            || !Enum.TryParse(first[0], ignoreCase: true, out Gate gate) || !Enum.IsDefined(gate) || int.TryParse(first[0], out _)
            || !Enum.TryParse(first[1], ignoreCase: true, out GateForce force) || !Enum.IsDefined(force) || int.TryParse(first[1], out _))
            throw Bad(text);
        int layer = 0;
        List<int> units = [];
        bool inUnits = false;
        foreach (string part in parts.Skip(1))
        {
            if (part.StartsWith("layer=", StringComparison.OrdinalIgnoreCase))
                (layer, inUnits) = (Number(part[6..], text), false);
            else if (part.StartsWith("units=", StringComparison.OrdinalIgnoreCase))
                (_, inUnits) = (units.Count, true);
            else if (!inUnits)
                throw Bad(text);
            if (inUnits)
                units.Add(Number(part.StartsWith("units=", StringComparison.OrdinalIgnoreCase) ? part[6..] : part, text));
        }

        return new GateForceOption(gate, force, layer, units);
    }

    /// <summary>Forces the gate in a session.</summary>
    /// <exception cref="CommandException">The model has no such layer, gate or unit.</exception>
    public void Apply(Session session)
    {
        try
        {
            session.Gates.Force(Layer, Gate, Force, [.. Units]);
        }
        catch (ArgumentException exception)
        {
            throw CommandException.Usage($"--force: {exception.Message.Split(" (Parameter")[0]}");
        }
    }

    private static int Number(string text, string whole) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int value) ? value : throw Bad(whole);

    private static CommandException Bad(string text) => CommandException.Usage(
        $"--force {text}: the form is {Form}; gates are input, output, forget (LSTM), update, reset (GRU); a gate is forced open, closed or hold.");
}
