using System.Diagnostics;
using System.Globalization;
using System.IO.Compression;
using System.Text.RegularExpressions;
using Latch.Runtime;

namespace Latch.Inspector.Tests.Browser;

/// <summary>
/// The real program, <c>latch studio</c>, over the bundled recording of a machine: an LSTM and a GRU as twins, with float models, labels and a profile. The same
/// files are open to the tests, which compute what the page must show.
/// </summary>
public sealed partial class HostStudio : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("latch-studio-test-").FullName;
    private Task<Uri>? _start;
    private Process? _process;
    private LatchModel? _lstm;
    private LatchModel? _gru;
    private float[][]? _samples;

    /// <summary>The models that are shown, by their place.</summary>
    public LatchModel Lstm => _lstm ??= LatchModel.Load(File("lstm"));

    public LatchModel Gru => _gru ??= LatchModel.Load(File("gru"));

    /// <summary>The recording, in the order of the models' channels; NaN where missing.</summary>
    public IReadOnlyList<float[]> Samples => _samples ??= Read(Sample("test.csv.gz"), [.. Lstm.Channels.Select(static channel => channel.Name)]);

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    /// <summary>Starts the studio with the first test that needs it.</summary>
    internal Task<Uri> Address() => _start ??= Start();

    /// <summary>Lets every gate of both models go.</summary>
    internal async Task<Uri> Untouched()
    {
        Uri address = await Address();
        using HttpClient client = new() { BaseAddress = address };
        for (int model = 0; model < 2; model++)
        {
            using HttpRequestMessage request = new(HttpMethod.Post, "/api/force")
            {
                Content = new StringContent($$"""{"model":{{model}},"forces":[],"cut":[]}""", null, "application/json"),
            };
            request.Headers.Add("X-Latch", "1");
            using HttpResponseMessage response = await client.SendAsync(request);
            response.EnsureSuccessStatusCode();
        }
        return address;
    }

    /// <summary>Runs a model over the recording without the inspector.</summary>
    internal DirectRun Run(LatchModel model, Action<Session>? force = null) => DirectRun.Of(model, Samples.Count, (session, step) =>
    {
        if (step == 0)
            force?.Invoke(session);
    }, step => Samples[(int)step]);

    public async ValueTask DisposeAsync()
    {
        if (_process is not null)
        {
            _process.Kill(entireProcessTree: true);
            await _process.WaitForExitAsync();
            _process.Dispose();
        }
        _lstm?.Dispose();
        _gru?.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private static string Sample(string name) => Path.Combine(SharedData.Repository, "samples", "host-sensors", name);

    private string File(string cell) => Path.Combine(_folder, $"host-{cell}.latch");

    private async Task<Uri> Start()
    {
        foreach (string cell in new[] { "lstm", "gru" })
        {
            using Process quantize = Latch("quantize", Sample($"host-{cell}.onnx"), "--calibration", Sample("train.csv.gz"), "--channels", Sample("host-channels.json"), "-o", File(cell));
            await quantize.StandardOutput.ReadToEndAsync();
            await quantize.WaitForExitAsync();
            Assert.Equal(0, quantize.ExitCode);
        }
        _process = Latch(
            "studio", File("lstm"), File("gru"), "--data", Sample("test.csv.gz"), "--labels", Sample("test.labels.csv"), "--train", Sample("train.csv.gz"),
            "--float", Sample("host-lstm.onnx"), Sample("host-gru.onnx"), "--port", "0");
        while (await _process.StandardOutput.ReadLineAsync() is { } line)
        {
            if (Printed().Match(line) is { Success: true } match)
                return new Uri(match.Value);
        }
        throw new InvalidOperationException("latch studio ended before it printed its address.");
    }

    private static Process Latch(params string[] arguments) =>
        Process.Start(new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "latch.dll"), .. arguments]) { RedirectStandardOutput = true })!;

    private static float[][] Read(string path, string[] names)
    {
        using StreamReader reader = new(new GZipStream(System.IO.File.OpenRead(path), CompressionMode.Decompress));
        string[] head = reader.ReadLine()!.Split(',');
        int[] columns = [.. names.Select(name => Array.IndexOf(head, name))];
        Assert.DoesNotContain(-1, columns);
        List<float[]> rows = [];
        while (reader.ReadLine() is { } line)
        {
            string[] cells = line.Split(',');
            rows.Add([.. columns.Select(column => cells[column].Length == 0 ? float.NaN : float.Parse(cells[column], CultureInfo.InvariantCulture))]);
        }
        return [.. rows];
    }

    [GeneratedRegex(@"http://127\.0\.0\.1:\d+/?")]
    private static partial Regex Printed();
}
