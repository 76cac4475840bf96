using Latch.Model;
using Latch.Runtime;
using Latch.Telemetry.Recordings;

namespace Latch.AotSmoke;

/// <summary>Replays a recording with one kernel or with all: a recording of another processor must give the same integers here.</summary>
internal static class ReplayCommand
{
    public static int Run(string folder, string modelPath, ReadOnlySpan<string> options)
    {
        string? kernel = Usage.Option(options, "--kernel");
        try
        {
            bool same = true;
            foreach (string? name in kernel == "all" ? LatchModel.AvailableKernels : (IEnumerable<string?>)[kernel])
                same &= Replay(folder, modelPath, name);
            return same ? Usage.Ok : Usage.Different;
        }
        catch (Exception error) when (error is RecordingException or ArgumentException or IOException or ModelFormatException)
        {
            Console.Error.WriteLine($"aot-smoke: {error.Message}");
            return Usage.Unusable;
        }
    }

    private static bool Replay(string folder, string modelPath, string? kernel)
    {
        using LatchModel model = LatchModel.Load(modelPath, new LatchModelOptions { Kernel = kernel });
        using var replay = new Replay(Recording.Open(folder), model, ModelFingerprint.OfFile(modelPath));
        NoGateProbe none = default;
        while (replay.Next(ref none))
        {
        }
        foreach (RecordingRemark remark in replay.Remarks)
            Console.Error.WriteLine($"aot-smoke: {remark.Text}");
        if (replay.Difference is { } difference)
            Console.Error.WriteLine($"aot-smoke: step {difference.Step}: {difference.What}");
        Console.WriteLine($"kernel       {model.Kernel}");
        Console.WriteLine($"replayed     {replay.Steps} steps in {replay.Segments} segments");
        return replay.Difference is null && replay.Steps > 0;
    }
}
