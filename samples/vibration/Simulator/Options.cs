using System.Globalization;

namespace Latch.Samples.Vibration;

/// <summary>The command line.</summary>
/// <param name="Command">The first word.</param>
/// <param name="Words">What belongs to no option.</param>
/// <param name="Output">-o, the recording to write.</param>
/// <param name="Labels">--labels, the labels to write.</param>
/// <param name="Control">--control, a file of commands.</param>
/// <param name="Seed">--seed; 1 without it.</param>
internal sealed record Options(string Command, string[] Words, string? Output, string? Labels, string? Control, ulong Seed)
{
    /// <exception cref="SimulatorException">An option is unknown or lacks its value.</exception>
    public static Options Parse(string[] arguments)
    {
        List<string> words = [];
        Dictionary<string, string> values = new() { ["--seed"] = "1" };
        for (int at = 1; at < arguments.Length; at++)
        {
            string name = arguments[at];
            if (!name.StartsWith('-'))
                words.Add(name);
            else if (name is not ("-o" or "--labels" or "--control" or "--seed"))
                throw new SimulatorException($"there is no option '{name}'. Options: -o, --labels, --control, --seed.");
            else if (++at == arguments.Length)
                throw new SimulatorException($"'{name}' needs a value after it.");
            else
                values[name] = arguments[at];
        }

        if (!ulong.TryParse(values["--seed"], NumberStyles.None, CultureInfo.InvariantCulture, out ulong seed))
            throw new SimulatorException($"'{values["--seed"]}' is no seed: give a whole number from 0 on.");
        return new(arguments[0], [.. words], values.GetValueOrDefault("-o"), values.GetValueOrDefault("--labels"), values.GetValueOrDefault("--control"), seed);
    }
}
