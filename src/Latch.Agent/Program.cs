using System.Runtime.Versioning;
using Latch.Agent.Commands;
using Latch.Agent.Configuration;
using Latch.Agent.Models;
using Latch.Agent.Service;
using Latch.Agent.Status;

[assembly: SupportedOSPlatform("linux")]

namespace Latch.Agent;

/// <summary>The program <c>latch-agent</c>.</summary>
internal static class Program
{
    public static int Main(string[] arguments)
    {
        try
        {
            return (int)Run(CommandLine.Parse(arguments));
        }
        catch (UsageException exception)
        {
            Console.Error.WriteLine(exception.Message);
            Console.Error.Write(CommandLine.Help);
            return (int)ExitCode.Usage;
        }
        catch (Exception exception) when (exception is AgentException or ConfigurationException)
        {
            Console.Error.WriteLine(exception.Message);
            return (int)ExitCode.Faults;
        }
        catch (Exception exception)
        {
            Console.Error.WriteLine($"<2>latch-agent failed: {exception}".ReplaceLineEndings(" "));
            return (int)ExitCode.Failed;
        }
    }

    private static ExitCode Run(CommandLine line) => line.Command switch
    {
        "run" => RunCommand.Run(line.Configuration, Console.Error),
        "check" => Check(line.Configuration),
        "status" => Status(ConfigurationReader.Read(line.Configuration)),
        "health" => HealthCommand.Run(ConfigurationReader.Read(line.Configuration), line.WaitSeconds, Console.Out),
        "golden" => Golden(ConfigurationReader.Read(line.Configuration)),
        "live" => LiveCommand.Run(ConfigurationReader.Read(line.Configuration), Console.OpenStandardOutput()),
        "version" => Print($"latch-agent {ProgramFacts.Version}"),
        _ => Print(CommandLine.Help.TrimEnd()),
    };

    private static ExitCode Check(string path)
    {
        IReadOnlyList<string> faults;
        try
        {
            (AgentConfiguration configuration, faults) = ConfigurationReader.ReadWithFaults(path);
            faults = [.. faults, .. AgentSetup.ModelFaults(configuration).Select(fault => $"{path}: {fault}")];
        }
        catch (ConfigurationException exception)
        {
            faults = exception.Faults;
        }

        foreach (string fault in faults)
            Console.Error.WriteLine(fault);
        return faults.Count == 0 ? Print($"{path}: good") : ExitCode.Faults;
    }

    private static ExitCode Status(AgentConfiguration configuration)
    {
        if (configuration.Status is not { } path)
            throw new AgentException("status: the configuration names no status file.");
        // Read as a status first: what is no status is not shown as one.
        _ = StatusFile.Read(path);
        return Print(File.ReadAllText(path).TrimEnd());
    }

    private static ExitCode Golden(AgentConfiguration configuration)
    {
        LoadedModel loaded = ModelLoader.Load(configuration, runningVersion: null);
        if (loaded.GoldenSteps == 0)
            throw new AgentException($"{configuration.Model}: there are no golden vectors; only a bundle has them.");
        return Print($"{loaded}: {loaded.GoldenSteps} golden steps give the same integers (kernel {loaded.Model.Kernel})");
    }

    private static ExitCode Print(string text)
    {
        Console.Out.WriteLine(text);
        return ExitCode.Ok;
    }
}
