using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using Latch.Cli.Output;
using Latch.Targets.Build;
using Latch.Targets.Profiles;

namespace Latch.Cli.Commands;

/// <summary><c>latch build</c>: agent, model bundle and Debian packages for a board.</summary>
internal static class BuildCommand
{
    private const string Maintainer = "Latch <latch@localhost>";

    public static Command Create(Terminal terminal)
    {
        BuildOptions options = new();
        Option<string> output = new("--output", "-o") { Description = "Folder for the packages, and for what is in that of the model.", HelpName = "DIR", Required = true };
        CommonOptions.NoDash(output, "Name a folder.");
        Command command = new("build",
            "Compiles the agent for a board and packs it and the model into two Debian packages for 'latch deploy'. Without --sign the agent accepts any unsigned model.") { output };
        options.AddTo(command, required: true);
        command.SetAction(async (parsed, cancellation) =>
        {
            BuildRequest request = options.Request(parsed, parsed.GetRequiredValue(output));
            await TargetBuild.RunAsync(request, terminal.Out.WriteLine, terminal.WriteNote, cancellation).ConfigureAwait(false);
            return (int)ExitCode.Ok;
        });
        return command;
    }

    /// <summary>What to build, for this command and for <c>deploy</c>.</summary>
    internal sealed class BuildOptions
    {
        private readonly Option<string> _target = TargetOptions.Target();
        private readonly Option<string?> _targets = TargetOptions.Targets();
        private readonly Option<string?> _model = new("--model") { Description = "The quantized model (.latch).", HelpName = "M.latch" };
        private readonly Option<string?> _name = new("--name") { Description = "Name of the model on the board and in its package; without it that of the file.", HelpName = "NAME" };
        private readonly Option<int> _version = new("--version") { Description = "Version of the model; a board refuses one lower than it has.", HelpName = "N", DefaultValueFactory = _ => 1 };
        private readonly Option<string?> _profile = new("--profile") { Description = "What 'latch watch --save-profile' learnt for this model; without it the agent scores nothing and raises no alarm.", HelpName = "P.json" };
        private readonly Option<string?> _config = new("--config") { Description = "The agent's configuration: sensors, rate, alarm outputs (src/Latch.Agent/README.md); without it one that reads the board's own load once a second.", HelpName = "agent.json" };
        private readonly Option<string?> _sign = new("--sign") { Description = "Private key that signs the model (make one with 'latch keygen -o KEY'); its public key goes into the agent's package. Without it nothing is signed, and the agent accepts any unsigned model.", HelpName = "KEY" };
        private readonly Option<string?> _passphrase = TargetOptions.PassphraseFile();
        private readonly Option<string?> _agent = new("--agent") { Description = $"An agent that is compiled already. Without it one is compiled, which takes a minute and, for ARM, Debian's {AgentProvider.CrossPackages}; or it is taken from the folder LATCH_PREBUILT names.", HelpName = "FILE" };
        private readonly Option<int?> _agentVersion = new("--agent-version")
        {
            Description = "Makes the version of the agent's package 0.1.0+N. For releases through an apt repository: raise it whenever program, configuration or keys changed.",
            HelpName = "N",
        };

        private readonly Option<string?> _maintainer = new("--maintainer") { Description = "Name and address to put into the packages, 'You <you@your.domain>'.", HelpName = "TEXT" };

        public void AddTo(Command command, bool required)
        {
            _model.Required = required;
            CommonOptions.Within(_version, 1, int.MaxValue);
            CommonOptions.Within(_agentVersion, 1, int.MaxValue);
            foreach (Option option in (Option[])[_target, _targets, _model, _name, _version, _profile, _config, _sign, _passphrase, _agent, _agentVersion, _maintainer])
                command.Add(option);
            if (!required)
                command.Validators.Add(RefuseWithoutModel);
        }

        public TargetProfile Target(ParseResult parsed) => TargetCatalog.Load(parsed.GetValue(_targets)).Find(parsed.GetRequiredValue(_target));

        public bool HasModel(ParseResult parsed) => parsed.GetValue(_model) is not null;

        public BuildRequest Request(ParseResult parsed, string output) => new()
        {
            Target = Target(parsed),
            Model = parsed.GetValue(_model)!,
            Name = parsed.GetValue(_name),
            Version = parsed.GetValue(_version),
            Profile = parsed.GetValue(_profile),
            Configuration = parsed.GetValue(_config),
            Key = parsed.GetValue(_sign),
            Passphrase = TargetOptions.Passphrase(parsed.GetValue(_passphrase)),
            Agent = parsed.GetValue(_agent),
            AgentVersion = parsed.GetValue(_agentVersion),
            Output = output,
            Maintainer = parsed.GetValue(_maintainer) ?? Maintainer,
            Time = Time(),
        };

        /// <summary>What only a build takes would be passed over in silence.</summary>
        private void RefuseWithoutModel(CommandResult result)
        {
            if (result.GetValue(_model) is not null)
                return;
            foreach (Option option in (Option[])[_name, _version, _profile, _config, _sign, _passphrase, _agent, _agentVersion, _maintainer])
                if (result.GetResult(option) is { Implicit: false })
                    result.AddError($"{option.Name} is for building: give --model too, or build with 'latch build' and deploy its folder with --packages.");
        }

        private static DateTimeOffset Time()
        {
            string? epoch = Environment.GetEnvironmentVariable("SOURCE_DATE_EPOCH");
            if (string.IsNullOrEmpty(epoch))
                return DateTimeOffset.UtcNow;
            return long.TryParse(epoch, NumberStyles.None, CultureInfo.InvariantCulture, out long seconds) && seconds < uint.MaxValue
                ? DateTimeOffset.FromUnixTimeSeconds(seconds)
                : throw CommandException.Usage($"SOURCE_DATE_EPOCH: '{epoch}' is no number of seconds since 1970.");
        }
    }
}
