using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using System.Text;
using Latch.Agent.Status;

namespace Latch.Agent.Tests;

/// <summary>A running agent with the test as its service manager.</summary>
internal sealed class AgentProcess : IDisposable
{
    private readonly Process _process;
    private readonly StringBuilder _log = new();
    private readonly string _status;

    public AgentProcess(Scratch scratch, string command = "run", long watchdogMicroseconds = 0)
    {
        File.Delete(scratch["notify"]);
        Notify = ServiceManagerTests.Listen(scratch["notify"]);
        _status = scratch["status.json"];
        _process = Start(scratch, command, start =>
        {
            start.Environment["NOTIFY_SOCKET"] = scratch["notify"];
            if (watchdogMicroseconds > 0)
                start.Environment["WATCHDOG_USEC"] = watchdogMicroseconds.ToString(CultureInfo.InvariantCulture);
        });
        _process.ErrorDataReceived += (_, line) =>
        {
            lock (_log)
                _log.AppendLine(line.Data);
        };
        _process.BeginErrorReadLine();
    }

    public Socket Notify { get; }

    public int Id => _process.Id;

    public string Log
    {
        get
        {
            lock (_log)
                return _log.ToString();
        }
    }

    /// <summary>Runs a command to its end.</summary>
    public static (int ExitCode, string Output, string Error) Run(Scratch scratch, string command)
    {
        using Process process = Start(scratch, command, static _ => { });
        Task<string> error = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        Assert.True(process.WaitForExit(30_000));
        return (process.ExitCode, output, error.GetAwaiter().GetResult());
    }

    /// <summary>The next message that begins so; others are passed over.</summary>
    public string Expect(string beginning)
    {
        while (true)
        {
            string message = ServiceManagerTests.Receive(Notify);
            if (message.StartsWith(beginning, StringComparison.Ordinal))
                return message;
        }
    }

    /// <summary>Waits for a status.</summary>
    public StatusDocument WaitFor(Func<StatusDocument, bool> condition)
    {
        StatusDocument? status = null;
        bool met = SpinWait.SpinUntil(() =>
        {
            Thread.Sleep(20);
            status = File.Exists(_status) ? StatusFile.Read(_status) : null;
            return status is not null && status.Pid == Id && condition(status);
        }, TimeSpan.FromSeconds(30));
        Assert.True(met, $"last status: {status}; log: {Log}");
        return status!;
    }

    public void Signal(string name)
    {
        using Process kill = Process.Start("kill", ["-s", name, Id.ToString(CultureInfo.InvariantCulture)]);
        kill.WaitForExit();
        Assert.Equal(0, kill.ExitCode);
    }

    /// <summary>Waits for the end.</summary>
    /// <returns>The exit code.</returns>
    public int WaitForExit()
    {
        Assert.True(_process.WaitForExit(30_000), Log);
        _process.WaitForExit();
        return _process.ExitCode;
    }

    public void Dispose()
    {
        if (!_process.HasExited)
            _process.Kill();
        _process.Dispose();
        Notify.Dispose();
    }

    private static Process Start(Scratch scratch, string command, Action<ProcessStartInfo> configure)
    {
        // Tests that run in the background, or under nohup, ignore these signals, and so would the agent.
        ProcessStartInfo start = new("/usr/bin/env", ["--default-signal=HUP,INT", Path.Combine(AppContext.BaseDirectory, "latch-agent"), .. command.Split(' '), "--config", scratch["agent.json"]])
        {
            RedirectStandardError = true,
            RedirectStandardOutput = true,
            RedirectStandardInput = true,
        };
        configure(start);
        return Process.Start(start)!;
    }
}
