using System.Net.Sockets;
using System.Runtime.InteropServices;
using Latch.Agent.Configuration;
using Latch.Agent.Service;
using Latch.Agent.Status;

namespace Latch.Agent.Commands;

/// <summary><c>latch-agent run</c>.</summary>
internal static class RunCommand
{
    public static ExitCode Run(string path, TextWriter error)
    {
        using Log log = new(error);
        AgentConfiguration? configuration = null;
        try
        {
            configuration = ConfigurationReader.Read(path);
            using ServiceManager service = ServiceManager.FromEnvironment();
            using AgentHost host = new(configuration, () => ConfigurationReader.Read(path), log, service);
            using PosixSignalRegistration terminate = On(PosixSignal.SIGTERM, host.Stop);
            using PosixSignalRegistration interrupt = On(PosixSignal.SIGINT, host.Stop);
            using PosixSignalRegistration hangUp = On(PosixSignal.SIGHUP, host.Reload);
            host.Run();
            return ExitCode.Ok;
        }
        catch (Exception exception) when (exception is AgentException or ConfigurationException or SocketException)
        {
            foreach (string fault in exception is ConfigurationException { Faults: var faults } ? faults : [exception.Message])
                log.Error(fault);
            Tell(configuration, exception.Message, log);
            return ExitCode.CannotStart;
        }
    }

    private static PosixSignalRegistration On(PosixSignal signal, Action action) => PosixSignalRegistration.Create(signal, context =>
    {
        context.Cancel = true;
        action();
    });

    // The health gate reads here why there is no agent.
    private static void Tell(AgentConfiguration? configuration, string reason, Log log)
    {
        if (configuration?.Status is not { } path)
            return;
        try
        {
            StatusFile.Write(path, new StatusDocument
            {
                State = "failed",
                Reason = reason,
                Pid = Environment.ProcessId,
                Version = ProgramFacts.Version,
                Slot = ProgramFacts.Slot,
                Started = ProgramFacts.Started,
                Time = DateTimeOffset.UtcNow,
                UptimeSeconds = 0,
            });
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            log.Error($"status: cannot be written. {exception.Message}");
        }
    }
}
