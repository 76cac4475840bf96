using Latch.Import.Graph;
using Latch.Import.Onnx;
using Latch.Import.Sources.Safetensors;
using Latch.Import.Sources.TfLite;

namespace Latch.Import.Sources;

/// <summary>
/// A trained model of any kind that is taken in. Which kind a file is of is told by what it begins with, not by its name; what no other kind
/// claims is read as ONNX. Every other kind is translated to an ONNX graph in memory, and goes the way of ONNX files from there.
/// </summary>
public sealed class ModelSource
{
    private const int HeadBytes = 4096;

    /// <summary>The kinds beside ONNX, in the order in which they are tried.</summary>
    private static readonly SourceKind[] s_kinds =
    [
        new("tflite", TfLiteSource.Claims, TfLiteSource.Translate),
        new("layers", LayerSource.Claims, LayerSource.Translate),
        new("safetensors", LoneWeights.Claims, LoneWeights.Translate),
    ];

    private readonly TranslatedModel? _translated;
    private bool? _opens;

    private ModelSource(string path, string kind, TranslatedModel? translated) => (Path, Kind, _translated) = (path, kind, translated);

    /// <summary>The file, as it was given.</summary>
    public string Path { get; }

    /// <summary>The kind of the file: "onnx", "tflite", or "layers" for a JSON description of layers beside a safetensors file.</summary>
    public string Kind { get; }

    /// <summary>Bytes of the file, and of the files with weights that a translated one names.</summary>
    public long Bytes => _translated?.Bytes ?? new FileInfo(Path).Length;

    /// <summary>Opens a file; of one that is not ONNX, everything is read and translated.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="ImportException">The file cannot be read, or not translated.</exception>
    public static ModelSource Open(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        try
        {
            byte[] head = Head(path);
            SourceKind? kind = s_kinds.FirstOrDefault(kind => kind.Claims(head));
            return new ModelSource(path, kind?.Name ?? "onnx", kind?.Translate(path));
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException)
        {
            throw OnnxImporter.Unreadable(path, cause);
        }
    }

    /// <summary>Imports a file of any kind.</summary>
    /// <param name="path">The file.</param>
    /// <param name="options">Choices; null for the defaults.</param>
    /// <exception cref="ImportException">The file cannot be read, or its model cannot be imported.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The number of steps is below 1.</exception>
    public static FloatModel Import(string path, ImportOptions? options = null) => Open(path).Import(options);

    /// <summary>Imports the model, as often as there are numbers of steps to have it for.</summary>
    /// <param name="options">Choices; null for the defaults.</param>
    /// <exception cref="ImportException">The model cannot be imported.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The number of steps is below 1.</exception>
    public FloatModel Import(ImportOptions? options = null)
    {
        if (_translated is null)
            return OnnxImporter.Import(Path, options);
        int steps = options?.Steps ?? _translated.FixedSteps;
        return steps >= 1 && steps <= _translated.FixedSteps && StepsCanBeOpened()
            ? Lower(_translated.WithOpenSteps(), (options ?? new ImportOptions()) with { Steps = steps })
            : Lower(_translated.Proto, options);
    }

    /// <summary>
    /// The bytes of an ONNX file that says the same, for who runs ONNX; null where the file is one itself. Its steps are open wherever <see cref="Import(ImportOptions?)"/> takes
    /// other numbers of them than the file has.
    /// </summary>
    public byte[]? ToOnnx() =>
        _translated is null ? null : Google.Protobuf.MessageExtensions.ToByteArray(StepsCanBeOpened() ? _translated.WithOpenSteps() : _translated.Proto);

    /// <summary>
    /// Whether nothing in a graph of a fixed number of steps but its inputs says that number: it can be had for one step, too. Then it is lowered as one with open steps
    /// for any number of them, so that all have the same nodes.
    /// </summary>
    private bool StepsCanBeOpened()
    {
        if (_translated!.StepAxes.Count == 0)
            return false;
        try
        {
            _opens ??= Lower(_translated.WithOpenSteps(), new ImportOptions { Steps = 1, States = [] }).Steps == 1;
        }
        catch (ImportException)
        {
            _opens = false;
        }
        return _opens.Value;
    }

    private FloatModel Lower(ModelProto proto, ImportOptions? options) =>
        OnnxImporter.Lower(proto.Clone(), Path, options, files: null, _translated!.Sha256, _translated.Notes);

    private static byte[] Head(string path)
    {
        using FileStream file = File.OpenRead(path);
        byte[] head = new byte[Math.Min(HeadBytes, file.Length)];
        return head[..file.ReadAtLeast(head, head.Length, throwOnEndOfStream: false)];
    }

    /// <summary>A kind of file.</summary>
    /// <param name="Name">What it is called.</param>
    /// <param name="Claims">Whether a file that begins with these bytes is of it.</param>
    /// <param name="Translate">Reads the file at a path and translates it.</param>
    private sealed record SourceKind(string Name, Func<byte[], bool> Claims, Func<string, TranslatedModel> Translate);
}

/// <summary>A model of another kind as an ONNX graph.</summary>
/// <param name="Proto">The graph, all weights in it.</param>
/// <param name="Sha256">SHA-256 of all that the file and the files it names hold, lower-case hexadecimal.</param>
/// <param name="Bytes">Bytes of the file and of the files it names.</param>
internal sealed record TranslatedModel(ModelProto Proto, string Sha256, long Bytes)
{
    /// <summary>What a user should know of the translation.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>The axes of inputs that hold the steps where the file fixes their number.</summary>
    public IReadOnlyList<(string Input, int Axis)> StepAxes { get; init; } = [];

    /// <summary>The number of steps that the file fixes; 0 when it fixes none.</summary>
    public int FixedSteps { get; init; }

    /// <summary>The graph with the number of steps left open: the same one where the file fixes none.</summary>
    public ModelProto WithOpenSteps()
    {
        ModelProto open = Proto.Clone();
        foreach ((string input, int axis) in StepAxes)
            open.Graph.Input.Single(port => port.Name == input).Type.TensorType.Shape.Dim[axis] = new TensorShapeProto.Types.Dimension { DimParam = "steps" };
        return open;
    }
}
