using Latch.Import;
using Latch.Import.Graph;
using Latch.Model;
using Latch.Quantize.Calibration;
using Latch.Quantize.Lowering;

namespace Latch.Quantize;

/// <summary>What quantizing yielded.</summary>
/// <param name="Definition">The integer model.</param>
/// <param name="Method">The calibration method used; with <see cref="CalibrationMethod.Auto"/> the one that was kept.</param>
/// <param name="RunsUsed">Calibration windows (or rows of a stream) that were run.</param>
/// <param name="RunsGiven">Calibration windows (or rows) that were given.</param>
public sealed record QuantizeResult(ModelDefinition Definition, CalibrationMethod Method, int RunsUsed, int RunsGiven);

/// <summary>Turns a float model into an integer one.</summary>
public static class Quantizer
{
    /// <summary>Quantizes a model.</summary>
    /// <param name="model">The model for the wanted number of steps; 1 for streaming.</param>
    /// <param name="data">Calibration data: windows of that many steps, or one stream when the model has one step.</param>
    /// <param name="options">Choices; null for the defaults.</param>
    /// <param name="import">Imports the same model with another number of steps, so that a causal model can also be streamed; null when that cannot be done.</param>
    /// <exception cref="QuantizeException">The model or the data cannot be quantized; the message says why and what to do.</exception>
    public static QuantizeResult Quantize(FloatModel model, CalibrationData data, QuantizeOptions? options = null, Func<int, FloatModel>? import = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(data);
        options ??= new QuantizeOptions();
        model = Simplification.Apply(model);
        (FloatModel? step, string? obstacle) = StepModel(model, import);
        CalibrationData used = data.Thinned(options.MaxWindows * (data.IsStream ? 32 : 1));
        CalibrationMethod method = options.Method == CalibrationMethod.Auto ? CalibrationMethod.MinMax : options.Method;
        int levels = options.Activations == ActivationWidth.Int8 ? 255 : 65534;
        var calibrator = new Calibrator(model, used, [method], levels);
        var context = new LoweringContext(model, calibrator, calibrator.Of(method), calibrator.Of(CalibrationMethod.MinMax), options);
        bool streamOnly = step is not null && model.Steps == 1;
        Plan? sequence = streamOnly ? null : new PlanBuilder(model, context).Build();
        Plan? single = step is null ? null : new PlanBuilder(step, context).Build();
        var definition = new ModelDefinition
        {
            Name = model.Name,
            Channels = options.Channels,
            SampleRateHz = options.SampleRateHz,
            Layers = context.Layers,
            Sequence = sequence,
            Step = single,
            NotStreamable = obstacle,
            Constants = context.Constants,
            Provenance = new Provenance
            {
                ToolVersion = typeof(Quantizer).Assembly.GetName().Version?.ToString(3) ?? "",
                SourceFile = options.SourceFile,
                SourceSha256 = model.SourceSha256,
                SourceBytes = model.FloatBytes,
                CalibrationSha256 = data.Sha256(),
                Method = method.ToString(),
            },
        };
        if (AccumulatorBounds.FindViolation(definition) is { } violation)
            throw new QuantizeException($"{violation} Scale the model's weights or inputs");
        return new QuantizeResult(definition, method, used.Count, data.Count);
    }

    // The model for one step, or why there is none.
    private static (FloatModel? Step, string? Obstacle) StepModel(FloatModel model, Func<int, FloatModel>? import)
    {
        if (import is null)
            return model.Steps == 1 && Reverse(model) is null ? (model, null) : (null, Reverse(model) ?? $"the model is given for {model.Steps} steps only");
        try
        {
            FloatModel single = model.Steps == 1 ? model : Simplification.Apply(import(1));
            FloatModel several = model.Steps == 1 ? Simplification.Apply(import(2)) : model;
            string? obstacle = Causality.FindObstacle(several, single);
            return obstacle is null ? (single, null) : (null, obstacle);
        }
        catch (ImportException) when (model.Steps == 1)
        {
            return Reverse(model) is { } obstacle ? (null, obstacle) : (model, null);
        }
        catch (ImportException exception)
        {
            return (null, exception.Message);
        }
    }

    private static string? Reverse(FloatModel model) =>
        model.Nodes.OfType<RecurrentNode>().FirstOrDefault(static node => node.Reverse) is { } node ? $"node '{node.Name}' walks the sequence from its end" : null;
}
