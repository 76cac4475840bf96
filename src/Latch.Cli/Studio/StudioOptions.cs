using System.CommandLine;
using System.Net;
using Latch.Cli.Commands;
using Latch.Cli.Data;
using Latch.Cli.Models;
using Latch.Inspector;
using Latch.Targets.Deploy;

namespace Latch.Cli.Studio;

/// <summary>Arguments and options of <c>latch studio</c>.</summary>
internal sealed class StudioOptions
{
    private const int DefaultKeep = 10_000;

    private readonly Argument<string[]> _models = new("MODEL.latch")
    {
        Description = "Quantized models; several are twins on the same data. Or one description file (.json) that names models and data. Of a board none is needed: its own is fetched.",
        Arity = ArgumentArity.ZeroOrMore,
    };

    private readonly Option<string?> _data = new("--data") { Description = $"Recording to replay. {HelpText.Data}", HelpName = "DATA" };

    private readonly Option<string?> _source = new("--source") { Description = $"Follow a source live instead: {SampleSource.Description}", HelpName = "SOURCE" };

    private readonly Option<string?> _board = new("--board") { Description = "Follow the session that runs on a board, over your own ssh: state and samples come from there, the gates are computed here, with the same integers.", HelpName = "user@host" };

    private readonly Option<string[]> _ssh = BoardOptions.SshOption();

    private readonly Option<double?> _rate = new("--rate") { Description = "Samples per second; without it the model's.", HelpName = "HZ" };

    private readonly Option<int> _keep = new("--keep") { Description = "Steps held of a live source.", DefaultValueFactory = _ => DefaultKeep, HelpName = "N" };

    private readonly Option<string[]> _float = new("--float") { Description = "The float models that the models were made from, in their order.", HelpName = "MODEL", AllowMultipleArgumentsPerToken = true };

    private readonly Option<string[]> _profile = new("--profile") { Description = "Profiles for scores and alarms, in the order of the models.", HelpName = "FILE", AllowMultipleArgumentsPerToken = true };

    private readonly Option<string[]> _train = CommonOptions.Data("--train", "Ordinary data to learn profiles from.", required: false);

    private readonly Option<double> _alarms = new("--alarms-per-hour") { Description = "Alarms to allow on ordinary data; sets the threshold.", DefaultValueFactory = _ => 1, HelpName = "N" };

    private readonly Option<string?> _labels = new("--labels") { Description = "CSV file of known faults: start,end,kind,target.", HelpName = "FILE" };

    private readonly Option<string[]> _force = new("--force")
    {
        Description = $"Forces a gate of the first model from the start: {GateForceOption.Form}; open, closed, hold, or a number from 0 to 1. May be given several times.",
        HelpName = "GATE=HOW",
    };

    private readonly Option<int?> _port = new("--port") { Description = $"Port; without it {InspectorServerOptions.DefaultPort} or the next free one.", HelpName = "N" };

    private readonly Option<string?> _listen = new("--listen") { Description = "Address to listen on; without it this machine only. Any other needs a token, which is printed with the address.", HelpName = "ADDRESS" };

    private readonly Option<string?> _tokenFile = new("--token-file") { Description = "File that holds the token; without it a new one is made.", HelpName = "FILE" };

    private readonly Option<string?> _kernel = CommonOptions.Kernel();

    /// <summary>The command without its action.</summary>
    public Command Command()
    {
        CommonOptions.Rate(_rate);
        CommonOptions.Within(_keep, 1, 1_000_000);
        CommonOptions.AboveZero(_alarms);
        CommonOptions.Within(_port, 0, 65535);
        Command command = new("studio", "Shows the gates of models in a browser: replay or live, forcing, int8 against float. Ctrl-C ends it.")
        {
            _models, _data, _source, _board, _ssh, _rate, _keep, _float, _profile, _train, _alarms, _labels, _force, _port, _listen, _tokenFile, _kernel,
        };
        return command;
    }

    /// <summary>What a command line says.</summary>
    /// <exception cref="CommandException">Options contradict each other, or a description file cannot be read.</exception>
    public StudioRequest Of(ParseResult parsed) => new(Plan(parsed), Serve(parsed))
    {
        Keep = parsed.GetValue(_keep),
        Force = GateForceOption.Parse(parsed.GetValue(_force) ?? []),
        Kernel = parsed.GetValue(_kernel),
    };

    private StudioPlan Plan(ParseResult parsed)
    {
        string[] models = parsed.GetRequiredValue(_models);
        if (models.Any(StudioFile.Is))
        {
            Option[] inFile = [_data, _source, _board, _float, _profile, _train, _labels];
            if (models.Length > 1 || inFile.FirstOrDefault(option => parsed.GetResult(option) is not null) is not null)
                throw CommandException.Usage($"{models.First(StudioFile.Is)}: a description file names models and data itself. Give it alone, or models with --data, --source or --board.");
            return StudioFile.Read(models[0]) with { Rate = parsed.GetValue(_rate) };
        }
        if (parsed.GetValue(_board) is { } board)
            return BoardPlan(parsed, board, models);
        if (parsed.GetValue(_data) is null == parsed.GetValue(_source) is null)
            throw CommandException.Usage("Give one of --data DATA (a replay), --source SOURCE (live) or --board user@host.");
        if (models.Length == 0)
            throw CommandException.Usage("Give a model, or a description file.");
        string[] exact = PerModel(parsed, _float, models), profiles = PerModel(parsed, _profile, models);
        return new StudioPlan
        {
            Models = [.. models.Select((path, at) => new StudioModel(Path.GetFileNameWithoutExtension(path), path)
            {
                Float = exact.ElementAtOrDefault(at),
                Profile = profiles.ElementAtOrDefault(at),
            })],
            Data = parsed.GetValue(_data),
            Source = parsed.GetValue(_source),
            Rate = parsed.GetValue(_rate),
            Labels = parsed.GetValue(_labels),
            Train = parsed.GetValue(_train) ?? [],
            AlarmsPerHour = parsed.GetValue(_alarms),
        };
    }

    private StudioPlan BoardPlan(ParseResult parsed, string board, string[] models)
    {
        Option[] elsewhere = [_data, _source, _float, _labels, _rate];
        if (elsewhere.FirstOrDefault(option => parsed.GetResult(option) is not null) is { } other)
            throw CommandException.Usage($"--board and {other.Name} do not go together: the board's own session is followed, at its rate, from where it is.");
        if (models.Length > 1)
            throw CommandException.Usage("A board runs one model: give that one, or none, and the board's own is fetched.");
        return new StudioPlan
        {
            Models = [.. models.Select((path, at) => new StudioModel(Path.GetFileNameWithoutExtension(path), path) { Profile = (parsed.GetValue(_profile) ?? []).ElementAtOrDefault(at) })],
            Board = new BoardAddress(board, parsed.GetValue(_ssh) ?? []),
            Title = board,
            Train = parsed.GetValue(_train) ?? [],
            AlarmsPerHour = parsed.GetValue(_alarms),
        };
    }

    private static string[] PerModel(ParseResult parsed, Option<string[]> option, string[] models)
    {
        string[] given = parsed.GetValue(option) ?? [];
        return given.Length <= models.Length
            ? given
            : throw CommandException.Usage($"{option.Name}: {given.Length} files for {models.Length} {(models.Length == 1 ? "model" : "models")}. Give at most one per model, in their order.");
    }

    private InspectorServerOptions Serve(ParseResult parsed)
    {
        IPAddress? address = IPAddress.Loopback;
        if (parsed.GetValue(_listen) is { } listen && listen != "localhost" && !IPAddress.TryParse(listen, out address))
            throw CommandException.Usage($"--listen {listen}: give an IP address of this machine, such as 192.168.1.5, or 0.0.0.0 for all of them.");
        int? port = parsed.GetValue(_port);
        return new InspectorServerOptions
        {
            Address = address ?? IPAddress.Loopback,
            Port = port ?? InspectorServerOptions.DefaultPort,
            SearchPort = port is null,
            Token = AccessToken.For(address!, parsed.GetValue(_tokenFile)),
            Parquet = ParquetTable.Write,
        };
    }
}

/// <summary>What to show and how to serve it.</summary>
internal sealed record StudioRequest(StudioPlan Plan, InspectorServerOptions Server)
{
    /// <summary>Steps held of a live source.</summary>
    public required int Keep { get; init; }

    /// <summary>What is forced in the first model from the start.</summary>
    public required GateForceOption Force { get; init; }

    /// <summary>Kernel to run with; null for the fastest.</summary>
    public string? Kernel { get; init; }
}
