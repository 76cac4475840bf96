using Latch.Import;
using Latch.Import.Graph;
using Latch.Import.Sources;
using Latch.Model;
using Latch.Quantize;
using Latch.Runtime;

namespace Latch.Cli.Models;

/// <summary>Opens model files: quantized ones, and trained ones of every kind.</summary>
internal static class ModelFile
{
    /// <summary>True for a file in our own format: by its ending, else by its first bytes.</summary>
    /// <exception cref="CommandException">There is no such file.</exception>
    public static bool IsLatch(string path) => Path.GetExtension(path).ToLowerInvariant() switch
    {
        ".latch" => true,
        ".onnx" or ".tflite" or ".json" or ".safetensors" => false,
        _ => Data.SourceErrors.Guard(path, () =>
        {
            using FileStream file = File.OpenRead(path);
            Span<byte> start = stackalloc byte[9];
            return file.ReadAtLeast(start, 9, throwOnEndOfStream: false) == 9 && start[8] == '{';
        }),
    };

    /// <exception cref="ModelFormatException">The file is no valid model.</exception>
    /// <exception cref="CommandException">The file is a trained model, or the model cannot run on this machine.</exception>
    public static LatchModel OpenLatch(string path, string? kernel = null)
    {
        if (EndsIn(path, ".onnx"))
            throw CommandException.BadInput($"{path}: a .latch file belongs here, not an .onnx file. Make one with 'latch quantize'.");
        if (EndsIn(path, ".tflite"))
            throw CommandException.BadInput($"{path}: a .latch file belongs here, not a .tflite file. Make one with 'latch quantize'.");
        if (EndsIn(path, ".json"))
            throw CommandException.BadInput($"{path}: a .latch file belongs here, not a .json file. Where it describes the layers of a model, make one with 'latch quantize'.");
        ModelDefinition definition = ModelReader.Read(path);
        try
        {
            return LatchModel.Create(definition, new LatchModelOptions { Kernel = kernel });
        }
        catch (ArgumentException exception)
        {
            throw CommandException.BadInput($"{path}: {exception.Message}");
        }
    }

    /// <summary>Imports a trained model: an ONNX or TensorFlow Lite file, or a JSON file that describes layers.</summary>
    /// <exception cref="ImportException">The model cannot be imported.</exception>
    /// <exception cref="CommandException">The file is a .latch file.</exception>
    public static FloatModel OpenOnnx(string path, int? steps, IReadOnlyList<StatePair>? states = null, bool replaceSteps = false) => EndsIn(path, ".latch")
        ? throw CommandException.BadInput($"{path}: a trained model belongs here; a .latch file is quantized already.")
        : ModelSource.Import(path, new ImportOptions { Steps = steps, ReplaceSteps = replaceSteps, States = states });

    /// <summary>A trained model as it runs step by step in floating point.</summary>
    /// <inheritdoc cref="OpenOnnx" path="/exception"/>
    public static FloatModel OpenSteps(string path, IReadOnlyList<StatePair>? states = null) =>
        Quantizer.StepModel(OpenOnnx(path, 1, states), steps => OpenOnnx(path, steps, states, replaceSteps: true));

    /// <summary>Columns per time step of each input.</summary>
    /// <exception cref="CommandException">An input does not follow the steps.</exception>
    public static IReadOnlyList<int> Widths(IEnumerable<(string Name, int Count)> inputs, int steps, string path) =>
        [.. inputs.Select(input => input.Count % steps == 0
            ? input.Count / steps
            : throw CommandException.BadInput($"{path}: input '{input.Name}' has {input.Count} values, which is no multiple of the {steps} steps; data rows cannot be given to it."))];

    /// <inheritdoc cref="Widths(IEnumerable{ValueTuple{string, int}}, int, string)"/>
    public static IReadOnlyList<int> Widths(FloatModel model, string path) =>
        Widths(model.Inputs.Select(input => (input.Name, TensorShape.Count(input.Shape))), model.Steps, path);

    private static bool EndsIn(string path, string ending) => path.EndsWith(ending, StringComparison.OrdinalIgnoreCase);
}
