using Latch.Import;
using Latch.Import.Graph;
using Latch.Model;
using Latch.Quantize;
using Latch.Quantize.Calibration;
using Latch.Runtime;

namespace Latch.Accuracy.Streams;

/// <summary>A trained model that hands states on from step to step, a stream to judge it by, and the bars its integer form must meet.</summary>
public sealed record StreamCase
{
    /// <summary>What the table calls it.</summary>
    public required string Name { get; init; }

    /// <summary>The ONNX file.</summary>
    public required string ModelPath { get; init; }

    /// <summary>What the file leaves open (<see cref="ImportOptions.Steps"/>); null when it leaves nothing.</summary>
    public int? Steps { get; init; }

    /// <summary>Inputs that only the file has.</summary>
    public IReadOnlyList<ConstantInput> Others { get; init; } = [];

    /// <summary>Rows that calibrate, one stream.</summary>
    public required IReadOnlyList<float[]> Calibration { get; init; }

    /// <summary>Rows that judge, one stream from zero states; none of them calibrated.</summary>
    public required IReadOnlyList<float[]> Evaluation { get; init; }

    /// <summary>The figures from the float and the integer outputs, one per row of the evaluation.</summary>
    public required Func<IReadOnlyList<float[]>, IReadOnlyList<float[]>, ActivationWidth, IReadOnlyList<StreamFigure>> Measure { get; init; }

    /// <summary>Largest share of the float weights' bytes that the .latch file with 8-bit activations may take.</summary>
    public const double SizeBar = 0.30;

    /// <summary>Imports the model.</summary>
    public FloatModel Import() => OnnxImporter.Import(ModelPath, new ImportOptions { Steps = Steps });

    /// <summary>Float outputs by ONNX Runtime, states from zero.</summary>
    public IReadOnlyList<float[]> RunFloat(FloatModel model)
    {
        using var runner = new StreamFloatRunner(ModelPath, model, Others);
        return [.. Evaluation.Select(runner.Step)];
    }

    /// <summary>Integer outputs by the runtime, states from zero.</summary>
    public IReadOnlyList<float[]> RunInteger(ModelDefinition definition)
    {
        using LatchModel model = LatchModel.Create(definition);
        Session session = model.CreateSession();
        return [.. Evaluation.Select(row =>
        {
            var result = new float[model.OutputSize];
            session.Step(row, result);
            return result;
        })];
    }

    /// <summary>Quantizes, runs both sides and compares.</summary>
    public StreamRow Run(QuantizeOptions options)
    {
        FloatModel model = Import();
        QuantizeResult result = Quantizer.Quantize(
            model, CalibrationData.FromStream(Calibration), options with { SourceFile = Path.GetFileName(ModelPath) },
            steps => OnnxImporter.Import(ModelPath, new ImportOptions { Steps = steps }));
        long bytes = ModelWriter.ToBytes(result.Definition).Length;
        List<StreamFigure> figures = [.. Measure(RunFloat(model), RunInteger(result.Definition), options.Activations)];
        if (options.Activations == ActivationWidth.Int8)
            figures.Add(new StreamFigure("size, of the float weights", (double)bytes / model.FloatBytes, SizeBar, AtLeast: false));
        return new StreamRow(this, figures, result);
    }
}

/// <summary>An input of the file that is no input of the model.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Shape">Its shape.</param>
/// <param name="Value">What every element is.</param>
/// <param name="IsInteger">True for int64.</param>
public sealed record ConstantInput(string Name, long[] Shape, float Value, bool IsInteger);

/// <summary>One judged figure.</summary>
/// <param name="Name">What it is, with its unit.</param>
/// <param name="Value">As measured.</param>
/// <param name="Bar">As asked for.</param>
/// <param name="AtLeast">True when larger is better.</param>
public sealed record StreamFigure(string Name, double Value, double Bar, bool AtLeast)
{
    /// <summary>Whether the bar is met.</summary>
    public bool IsMet => AtLeast ? Value >= Bar : Value <= Bar;
}

/// <summary>What was measured for one case.</summary>
/// <param name="Case">The case.</param>
/// <param name="Figures">The judged figures.</param>
/// <param name="Result">What quantizing yielded.</param>
public sealed record StreamRow(StreamCase Case, IReadOnlyList<StreamFigure> Figures, QuantizeResult Result)
{
    /// <summary>Whether every bar is met.</summary>
    public bool IsMet => Figures.All(static figure => figure.IsMet);
}
