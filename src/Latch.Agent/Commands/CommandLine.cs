using System.Globalization;

namespace Latch.Agent.Commands;

/// <summary>A command line that is wrong.</summary>
internal sealed class UsageException(string message) : Exception(message);

/// <summary>The command and its options.</summary>
/// <param name="Command">The command's name.</param>
/// <param name="Configuration">Path of the configuration.</param>
/// <param name="WaitSeconds">How long health waits for an agent to become healthy.</param>
internal sealed record CommandLine(string Command, string Configuration, double WaitSeconds)
{
    private const string DefaultConfiguration = "/etc/latch/agent.json";

    private static readonly string[] s_commands = ["run", "check", "status", "health", "golden", "live", "version", "help"];

    /// <summary>What there is to say.</summary>
    public const string Help = $"""
        latch-agent COMMAND [--config FILE]

          run       reads the sensors and steps the model until it is stopped
          check     checks the configuration and the model, and says everything that is wrong
          status    shows the status of the agent that runs
          health    exits with 0 when that agent is healthy, else with 1 and the reasons; --wait SECONDS gives it time
          golden    steps the model through its golden vectors on this machine
          live      copies the live stream to standard output
          version   shows the version of this program

          --config FILE   the configuration; {DefaultConfiguration} unless given

        """;

    /// <summary>Reads the arguments.</summary>
    /// <exception cref="UsageException">They are wrong.</exception>
    public static CommandLine Parse(IReadOnlyList<string> arguments)
    {
        if (arguments.Count == 0)
            throw new UsageException("Give a command.");
        string command = arguments[0] is "--help" or "-h" ? "help" : arguments[0] == "--version" ? "version" : arguments[0];
        if (!s_commands.Contains(command))
            throw new UsageException($"There is no command '{command}'.");
        CommandLine line = new(command, DefaultConfiguration, 0);
        for (int at = 1; at < arguments.Count; at += 2)
        {
            string? value = at + 1 < arguments.Count ? arguments[at + 1] : null;
            line = arguments[at] switch
            {
                "--config" when value is { Length: > 0 } => line with { Configuration = value },
                "--wait" when command == "health" && double.TryParse(value, CultureInfo.InvariantCulture, out double seconds) && seconds is >= 0 and <= 86400 => line with { WaitSeconds = seconds },
                "--config" => throw new UsageException("--config needs a file."),
                "--wait" when command == "health" => throw new UsageException("--wait needs a number of seconds."),
                _ => throw new UsageException($"'{command}' does not know '{arguments[at]}'."),
            };
        }

        return line;
    }
}
