using Latch.Import;
using Latch.Import.Graph;
using Latch.Model;
using Latch.Quantize.Calibration;
using Latch.Quantize.Precision;

namespace Latch.Quantize;

/// <summary>What quantizing yielded.</summary>
/// <param name="Definition">The integer model.</param>
/// <param name="Method">The calibration method used; with <see cref="CalibrationMethod.Auto"/> the one that was kept.</param>
/// <param name="RunsUsed">Calibration windows (or rows of a stream) that were run.</param>
/// <param name="RunsGiven">Calibration windows (or rows) that were given.</param>
/// <param name="Costs">What each tensor's 8 bits cost before any was widened, the highest first; empty when nothing had to be found.</param>
/// <param name="WideValues">Tensors that were given 16 bits because they were costly, or because the options said so.</param>
public sealed record QuantizeResult(
    ModelDefinition Definition, CalibrationMethod Method, int RunsUsed, int RunsGiven, IReadOnlyList<TensorCost> Costs, IReadOnlyCollection<string> WideValues)
{
    /// <summary>How the budget of <see cref="ActivationWidth.Auto"/> was sought; null otherwise.</summary>
    public PrecisionReport? Precision { get; init; }
}

/// <summary>Turns a float model into an integer one.</summary>
public static class Quantizer
{
    private const int RowsPerWindow = 32;
    private const int MostMeasured = 64;

    // Many trials on the same data: more of them keep what only seems to help small.
    private const int MostSearched = 128;
    private const int LeastSearched = 16;
    private const long MostProducts = 1_500_000_000;

    private static readonly CalibrationMethod[] s_methods =
        [CalibrationMethod.MinMax, CalibrationMethod.SquaredError, CalibrationMethod.Percentile, CalibrationMethod.MovingAverage, CalibrationMethod.Entropy];

    /// <summary>Quantizes a model.</summary>
    /// <remarks>
    /// Choices are made, and the figures in the model measured, on a fifth of the data that is held back from calibration; the model returned has then
    /// seen all of it.
    /// </remarks>
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
        ArgumentOutOfRangeException.ThrowIfLessThan(options.MaxWindows, 1, nameof(options));
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(options.Budget, nameof(options));
        if (data.IsStream && model.Steps != 1)
            throw new QuantizeException($"a stream of rows calibrates a model of one step; this one takes {model.Steps}, give windows");
        model = Simplification.Apply(model);
        (FloatModel? step, string? obstacle) = Stepping.Find(model, import);
        if (data.IsStream && step is not null)
            model = step;
        else if (model.Steps == 1 && step?.States.Count > model.States.Count)
            (step, obstacle) = (null, "the data were windows of one step, so that its convolutions have met no steps before; leave the steps out");
        if (data.IsStream && step is null)
            throw new QuantizeException($"the model cannot be streamed: {obstacle}; import it for the number of steps of a window (--steps) and give windows");
        CalibrationData used = data.Thinned(options.MaxWindows * (data.IsStream ? RowsPerWindow : 1));
        (CalibrationData fit, CalibrationData heldBack) = used.Split();
        CalibrationMethod[] methods = options.Method == CalibrationMethod.Auto ? s_methods : [options.Method];
        var calibrator = new Calibrator(model, data.IsStream, methods, options.Activations == ActivationWidth.Int16 ? 65534 : 255);
        calibrator.Run(fit);

        var builder = new ModelBuilder(model, step, obstacle, calibrator, Origin(model, data, options));
        var check = new HeldBackCheck(model, Sample(heldBack, options.Activations == ActivationWidth.Auto ? Searched(model, data) : MostMeasured));
        SearchResult found = Choose(builder, check, options, methods, fit);
        HeldBackError error = check.Measure(found.Builder.Build(found.Options));

        if (!ReferenceEquals(fit, heldBack))
            found.Builder.Calibrate(heldBack);
        ModelDefinition definition = found.Builder.Build(found.Options);
        definition = definition with { Provenance = definition.Provenance with { Figures = Figures(error), Reasons = found.Report?.Reasons() } };
        return new QuantizeResult(definition, found.Options.Method, used.Count, data.Count, found.Costs, [.. found.Options.WideValues]) { Precision = found.Report };
    }

    /// <summary>Why a model cannot be run step by step; null when it can.</summary>
    /// <param name="model">The model for any number of steps.</param>
    /// <param name="import">Imports the same model with another number of steps.</param>
    public static string? StreamingObstacle(FloatModel model, Func<int, FloatModel> import)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(import);
        return Stepping.Find(Simplification.Apply(model), import).Obstacle;
    }

    /// <summary>
    /// The model as it runs step by step: causal convolutions carry the steps that their windows see, as states that start from zeros. Models without them,
    /// and those that cannot be run step by step, come back as they are.
    /// </summary>
    /// <param name="single">The model for one step.</param>
    /// <param name="import">Imports the same model with another number of steps.</param>
    public static FloatModel StepModel(FloatModel single, Func<int, FloatModel> import)
    {
        ArgumentNullException.ThrowIfNull(single);
        ArgumentNullException.ThrowIfNull(import);
        if (single.Steps != 1 || !single.Nodes.Any(static node => node is ConvNode))
            return single;
        FloatModel simple = Simplification.Apply(single);
        FloatModel? step = Stepping.Find(simple, import).Step;
        return step is null || ReferenceEquals(step, simple) ? single : CarriedWindows.Carry(import(2), single);
    }

    private static CalibrationData Sample(CalibrationData data, int windows) => data.Thinned(windows * (data.IsStream ? RowsPerWindow : 1));

    // As many windows as are measured in a fraction of a second.
    private static int Searched(FloatModel model, CalibrationData data)
    {
        long products = ProductCount.Of(model) * (data.IsStream ? RowsPerWindow : 1);
        return (int)Math.Clamp(MostProducts / Math.Max(1, products), LeastSearched, MostSearched);
    }

    // The calibration method by trial, then the widths by the way the options name.
    private static SearchResult Choose(ModelBuilder builder, HeldBackCheck check, QuantizeOptions options, CalibrationMethod[] methods, CalibrationData fit)
    {
        bool auto = options.Activations == ActivationWidth.Auto;
        if (auto)
            options = options with { Activations = ActivationWidth.Int8 };
        options = methods.Select(method => options with { Method = method }).MinBy(choice => methods.Length == 1 ? 0 : check.Measure(builder.Build(choice)).Rms)!;
        if (auto)
            return BudgetSearch.Run(builder, options, check, fit, Sample(fit, MostMeasured));
        IReadOnlyList<TensorCost> costs = [];
        if (options.WidenCostly && options.Activations == ActivationWidth.Int8)
            (options, costs) = new PrecisionSearch(builder, check).WidenCostly(options);
        return new SearchResult(builder, options, null, costs);
    }

    private static Provenance Origin(FloatModel model, CalibrationData data, QuantizeOptions options) => new()
    {
        ToolVersion = typeof(Quantizer).Assembly.GetName().Version?.ToString(3) ?? "",
        SourceFile = options.SourceFile,
        SourceSha256 = model.SourceSha256,
        SourceBytes = model.FloatBytes,
        CalibrationSha256 = data.Sha256(),
    };

    private static Dictionary<string, double> Figures(HeldBackError error) => new()
    {
        ["rms_error"] = Short(error.Rms),
        ["max_abs_error"] = Short(error.Largest),
        ["sqnr_db"] = Math.Round(error.Decibel, 2),
    };

    private static double Short(double value) => double.Parse(value.ToString("G4", System.Globalization.CultureInfo.InvariantCulture), System.Globalization.CultureInfo.InvariantCulture);
}
