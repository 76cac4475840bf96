using System.Net.Sockets;
using Latch.Agent.Configuration;

namespace Latch.Agent.Commands;

/// <summary><c>latch-agent live</c>: what the agent's socket yields, byte by byte.</summary>
internal static class LiveCommand
{
    public static ExitCode Run(AgentConfiguration configuration, Stream output)
    {
        if (configuration.Live is not { } path)
            throw new AgentException("live: the configuration names no socket; add \"live\": \"/run/latch/live.sock\".");
        using Socket socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            socket.Connect(new UnixDomainSocketEndPoint(path));
        }
        catch (SocketException exception)
        {
            throw new AgentException($"{path}: nobody answers there: {exception.Message} Is the agent running, and may you use its socket?", exception);
        }

        using NetworkStream stream = new(socket);
        try
        {
            byte[] buffer = new byte[16384];
            for (int count = stream.Read(buffer); count > 0; count = stream.Read(buffer))
            {
                output.Write(buffer, 0, count);
                output.Flush();
            }
        }
        catch (IOException)
        {
            // The agent or the reader of our output went: the stream is over.
        }

        return ExitCode.Ok;
    }
}
