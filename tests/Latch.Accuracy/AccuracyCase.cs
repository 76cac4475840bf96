using Latch.Import;
using Latch.Import.Graph;
using Latch.Model;
using Latch.Quantize;
using Latch.Quantize.Calibration;
using Latch.Runtime;

namespace Latch.Accuracy;

/// <summary>A trained model, the data to judge it by, and the bars its integer form must meet.</summary>
public sealed record AccuracyCase
{
    /// <summary>What the table calls it.</summary>
    public required string Name { get; init; }

    /// <summary>The ONNX file.</summary>
    public required string ModelPath { get; init; }

    /// <summary>Steps of a window.</summary>
    public required int Steps { get; init; }

    /// <summary>Channels of a step.</summary>
    public required int Channels { get; init; }

    /// <summary>Name of the figure.</summary>
    public required string Figure { get; init; }

    /// <summary>The float figure as published.</summary>
    public required double Published { get; init; }

    /// <summary>How far the measured float figure may lie from the published one.</summary>
    public required double PublishedTolerance { get; init; }

    /// <summary>Largest difference between the integer and the float figure.</summary>
    public required double Bar { get; init; }

    /// <summary>Largest change of one of the <see cref="Judged"/> predictions; infinite for no bar.</summary>
    public double ChangeBar { get; init; } = double.PositiveInfinity;

    /// <summary>Windows from training data.</summary>
    public required IReadOnlyList<float[]> Calibration { get; init; }

    /// <summary>Windows whose predictions make the figure.</summary>
    public required IReadOnlyList<float[]> Evaluation { get; init; }

    /// <summary>The figure from one prediction per evaluation window.</summary>
    public required Func<IReadOnlyList<float[]>, double> Measure { get; init; }

    /// <summary>Evaluation windows whose single predictions are judged; all when empty.</summary>
    public IReadOnlyList<int> Judged { get; init; } = [];

    /// <summary>Imports the model for this case's window.</summary>
    public FloatModel Import() => OnnxImporter.Import(ModelPath, new ImportOptions { Steps = Steps });

    /// <summary>The same case for precision found by measuring: half the loss is allowed.</summary>
    public AccuracyCase Halved() => this with { Bar = Bar / 2, ChangeBar = ChangeBar / 2 };

    /// <summary>Quantizes the model on the calibration windows.</summary>
    public QuantizeResult Quantize(QuantizeOptions? options = null) => Quantizer.Quantize(
        Import(), CalibrationData.FromWindows(Calibration), (options ?? new QuantizeOptions()) with { SourceFile = Path.GetFileName(ModelPath) },
        steps => OnnxImporter.Import(ModelPath, new ImportOptions { Steps = steps, ReplaceSteps = true }));

    /// <summary>Float predictions by ONNX Runtime.</summary>
    public IReadOnlyList<float[]> RunFloat()
    {
        using var runner = new FloatModelRunner(ModelPath, Steps, Channels);
        return [.. Evaluation.Select(runner.Run)];
    }

    /// <summary>Integer predictions by the runtime.</summary>
    public IReadOnlyList<float[]> RunInteger(ModelDefinition definition)
    {
        using LatchModel model = LatchModel.Create(definition);
        Session session = model.CreateSession();
        return [.. Evaluation.Select(window =>
        {
            var result = new float[model.WindowOutputSize];
            session.Run(window, Steps, result);
            return result;
        })];
    }

    /// <summary>Quantizes, runs both sides and compares.</summary>
    public AccuracyRow Run(QuantizeOptions? options = null)
    {
        QuantizeResult result = Quantize(options);
        IReadOnlyList<float[]> exact = RunFloat(), integer = RunInteger(result.Definition);
        IEnumerable<int> judged = Judged.Count > 0 ? Judged : Enumerable.Range(0, exact.Count);
        double change = judged.Max(window => exact[window].Zip(integer[window], static (a, b) => Math.Abs(a - b)).Max());
        return new AccuracyRow(this, Measure(exact), Measure(integer), change, ModelWriter.ToBytes(result.Definition).Length, new FileInfo(ModelPath).Length, result);
    }
}

/// <summary>What was measured for one case.</summary>
/// <param name="Case">The case.</param>
/// <param name="Float">Float figure.</param>
/// <param name="Integer">Integer figure.</param>
/// <param name="LargestChange">Largest change of a judged prediction.</param>
/// <param name="IntegerBytes">Bytes of the .latch file.</param>
/// <param name="FloatBytes">Bytes of the source file.</param>
/// <param name="Result">What quantizing yielded.</param>
public sealed record AccuracyRow(AccuracyCase Case, double Float, double Integer, double LargestChange, long IntegerBytes, long FloatBytes, QuantizeResult Result)
{
    /// <summary>Largest share of the source file's bytes that the integer file may take.</summary>
    public const double SizeBar = 0.28;

    /// <summary>Bytes of the integer file over those of the source file.</summary>
    public double SizeRatio => (double)IntegerBytes / FloatBytes;

    /// <summary>True when the figure, the largest change and the size meet their bars and the float figure is the published one.</summary>
    public bool IsMet =>
        Math.Abs(Integer - Float) <= Case.Bar && LargestChange <= Case.ChangeBar && SizeRatio <= SizeBar && Math.Abs(Float - Case.Published) <= Case.PublishedTolerance;
}
