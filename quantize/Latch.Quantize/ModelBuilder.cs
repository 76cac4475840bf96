using Latch.Import.Graph;
using Latch.Model;
using Latch.Quantize.Calibration;
using Latch.Quantize.Lowering;
using Latch.Quantize.Weights;

namespace Latch.Quantize;

/// <summary>Builds integer models from one calibration; choices differ from build to build.</summary>
/// <param name="model">The model for the wanted number of steps.</param>
/// <param name="step">The model for one step, or null when it cannot be streamed.</param>
/// <param name="obstacle">Why it cannot.</param>
/// <param name="calibrator">What the data showed.</param>
/// <param name="provenance">Stored in every model, the method excepted.</param>
internal sealed class ModelBuilder(FloatModel model, FloatModel? step, string? obstacle, Calibrator calibrator, Provenance provenance)
{
    private readonly RoundingCache _rounding = new();

    /// <summary>The float model.</summary>
    public FloatModel Model => model;

    /// <summary>Takes in more data: later builds have seen them.</summary>
    public void Calibrate(CalibrationData data) => calibrator.Run(data);

    /// <summary>What a node's weight rows met; null when unknown.</summary>
    public SecondMoments? Moments(string node) => calibrator.Moments(node);

    /// <summary>A builder of the same model with dense layers equalised, calibrated anew.</summary>
    public ModelBuilder Equalised(IReadOnlyDictionary<string, float[]> factors, CalibrationData data)
    {
        FloatModel equalised = LayerEqualisation.Apply(model, factors);
        Calibrator anew = calibrator.Anew(equalised);
        anew.Run(data);
        FloatModel? single = ReferenceEquals(step, model) ? equalised : step is null ? null : LayerEqualisation.Apply(step, factors);
        return new ModelBuilder(equalised, single, obstacle, anew, provenance);
    }

    /// <summary>The name that the operation of a node has in the integer model.</summary>
    public string OperationName(GraphNode node, QuantizeOptions options) => Context(options).ShortName(node);

    /// <summary>Products of 8-bit codes with weights that take 16 bits when a value or state (<see cref="NarrowNames"/>) does, as a part of all.</summary>
    public double ExtraWork(string name, QuantizeOptions options) =>
        ProductCount.Of(model, name, Context(options).Formats.Sharing(name)) / (double)Math.Max(1, ProductCount.Of(model));

    /// <summary>The int8 values and states that another build could widen.</summary>
    public IReadOnlyList<string> NarrowNames(QuantizeOptions options)
    {
        LoweringContext context = Context(options);
        var states = model.Nodes.OfType<RecurrentNode>().Where(node => context.StateType(node) == ElementType.Int8).Select(static node => LoweringContext.StateName(node.Name));
        return [.. context.Formats.NarrowValues, .. states];
    }

    /// <summary>An integer model; <see cref="QuantizeOptions.Method"/> names one observer.</summary>
    /// <exception cref="QuantizeException">Something has no integer form.</exception>
    public ModelDefinition Build(QuantizeOptions options)
    {
        LoweringContext context = Context(options);
        bool streamOnly = step is not null && model.Steps == 1;
        var definition = new ModelDefinition
        {
            Name = model.Name,
            Channels = options.Channels,
            SampleRateHz = options.SampleRateHz,
            Sequence = streamOnly ? null : new PlanBuilder(model, context).Build(),
            Step = step is null ? null : new PlanBuilder(step, context).Build(),
            NotStreamable = obstacle,
            Layers = context.Layers,
            Constants = context.Constants,
            Provenance = provenance with { Method = options.Method.ToString() },
        };
        return AccumulatorBounds.FindViolation(definition) is { } violation
            ? throw new QuantizeException($"{violation} Scale the model's weights or inputs")
            : definition;
    }

    private LoweringContext Context(QuantizeOptions options) =>
        new(model, step, calibrator.Moments, calibrator.Of(options.Method), calibrator.Of(CalibrationMethod.MinMax), options, _rounding);
}
