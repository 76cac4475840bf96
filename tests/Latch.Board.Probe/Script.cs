using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Latch.Sensors;
using Latch.Sensors.Outputs;

namespace Latch.Board.Probe;

/// <summary>
/// Commands, one a line: <c>open JSON</c> a source, <c>read [N]</c>, <c>close</c>; <c>output JSON</c>, <c>set LEVEL</c>, <c>release</c>; <c>wait MILLISECONDS</c>;
/// <c>run COMMAND</c> of the shell. A failing device is one line that begins with "failed"; anything else wrong ends the script.
/// </summary>
internal sealed class Script(TextWriter answers) : IDisposable
{
    private ISensorSource? _source;
    private IAlarmOutput? _output;

    /// <summary>Runs one line; false when it cannot be run.</summary>
    internal bool Run(string line)
    {
        (string command, string rest) = line.IndexOf(' ', StringComparison.Ordinal) is var at && at < 0 ? (line, "") : (line[..at], line[(at + 1)..]);
        try
        {
            Do(command, rest);
        }
        catch (SensorException e)
        {
            Say($"failed {e.Message}");
        }
        catch (Exception e) when (e is DefinitionException or InvalidOperationException or FormatException or JsonException)
        {
            Say($"wrong {line}: {e.Message}");
            return false;
        }

        return true;
    }

    public void Dispose()
    {
        _source?.Dispose();
        _output?.Dispose();
    }

    private void Do(string command, string rest)
    {
        switch (command)
        {
            case "open":
                Close(ref _source);
                _source = SourceFactory.Open(Parse(rest), new SourceContext { SampleRate = 10 });
                Say($"channels {string.Join(' ', _source.Channels.Select(channel => $"{channel.Name}[{channel.Unit}]"))}");
                break;
            case "read":
                Read(rest.Length == 0 ? 1 : int.Parse(rest, CultureInfo.InvariantCulture));
                break;
            case "close":
                Close(ref _source);
                break;
            case "output":
                Close(ref _output);
                _output = OutputFactory.Open(Parse(rest));
                break;
            case "set":
                (_output ?? throw new InvalidOperationException("There is no output.")).Set(Enum.Parse<AlarmLevel>(rest));
                break;
            case "release":
                Close(ref _output);
                break;
            case "wait":
                Thread.Sleep(int.Parse(rest, CultureInfo.InvariantCulture));
                break;
            case "run":
                Shell(rest);
                break;
            default:
                throw new InvalidOperationException("There is no such command.");
        }
    }

    /// <summary>Reads samples: the time in ticks since 1970 and the readings.</summary>
    private void Read(int count)
    {
        ISensorSource source = _source ?? throw new InvalidOperationException("There is no source.");
        float[] sample = new float[source.Channels.Count];
        for (int i = 0; i < count; i++)
        {
            Say(source.TryRead(sample, out DateTimeOffset time)
                ? string.Create(CultureInfo.InvariantCulture, $"sample {(time - DateTimeOffset.UnixEpoch).Ticks} {string.Join(' ', sample.Select(value => value.ToString("R", CultureInfo.InvariantCulture)))}")
                : "end");
        }
    }

    private static void Shell(string command)
    {
        using Process process = Process.Start("/bin/sh", ["-c", command]);
        process.WaitForExit();
        if (process.ExitCode != 0)
            throw new InvalidOperationException($"'{command}' ended with {process.ExitCode}.");
    }

    private static JsonElement Parse(string text) => JsonDocument.Parse(text).RootElement;

    private static void Close<T>(ref T? device)
        where T : class, IDisposable
    {
        T? closed = device;
        device = null;
        closed?.Dispose();
    }

    private void Say(string text)
    {
        answers.WriteLine(text);
        answers.Flush();
    }
}
