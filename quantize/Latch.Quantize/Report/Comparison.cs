namespace Latch.Quantize.Report;

/// <summary>The integer model against the float one on the same data. Plain data, to be shown or serialised; errors are integer minus float in real units.</summary>
/// <param name="Runs">Windows, or rows of a stream.</param>
/// <param name="Outputs">One entry per output of the model.</param>
/// <param name="Tensors">Every value both models compute, the worst signal-to-noise ratio first.</param>
/// <param name="States">Every gate and state of the recurrent layers, in layer order.</param>
/// <param name="Saturations">Limited values, one entry per recurrent layer.</param>
/// <param name="Worst">The output values that differ most, the largest first.</param>
/// <param name="ErrorOverTime">Root-mean-square error over all outputs of each run; long data are averaged into at most 2,000 points.</param>
public sealed record Comparison(
    int Runs,
    IReadOnlyList<SignalError> Outputs,
    IReadOnlyList<TensorError> Tensors,
    IReadOnlyList<StateError> States,
    IReadOnlyList<LayerSaturations> Saturations,
    IReadOnlyList<WorstValue> Worst,
    IReadOnlyList<double> ErrorOverTime);

/// <summary>How far a signal is off.</summary>
/// <param name="Name">Value name.</param>
/// <param name="Count">Numbers compared.</param>
/// <param name="Mean">Mean error.</param>
/// <param name="Rms">Root-mean-square error.</param>
/// <param name="Largest">Largest absolute error.</param>
/// <param name="SqnrDb">Power of the float signal over power of the error in dB; at most 200, which stands for no error.</param>
public sealed record SignalError(string Name, long Count, double Mean, double Rms, double Largest, double SqnrDb);

/// <summary>The error of one value inside the model.</summary>
/// <param name="Error">The error.</param>
/// <param name="Bits">8 or 16.</param>
/// <param name="OwnRms">Root-mean-square error that rounding to its own codes makes by itself: scale / sqrt(12).</param>
/// <param name="DropDb">How many dB the operation that writes it loses against the worst of the values it reads; 0 for inputs.</param>
public sealed record TensorError(SignalError Error, int Bits, double OwnRms, double DropDb);

/// <summary>The error of a gate, pre-activation or state of a recurrent layer.</summary>
/// <param name="Layer">Layer name.</param>
/// <param name="Quantity">"gate", "pre-activation", "cell" or "hidden".</param>
/// <param name="Gate">Gate name; empty for the states.</param>
/// <param name="Error">The error, named layer.quantity or layer.quantity.gate.</param>
public sealed record StateError(string Layer, string Quantity, string Gate, SignalError Error);

/// <summary>How often a layer's integers were limited.</summary>
/// <param name="Layer">Layer name.</param>
/// <param name="Steps">Steps taken.</param>
/// <param name="Gates">Limited pre-activations by gate name.</param>
/// <param name="Cell">Limited cell states.</param>
/// <param name="Hidden">Limited codes of the hidden state.</param>
/// <param name="Output">Limited codes of the layer's output.</param>
public sealed record LayerSaturations(string Layer, long Steps, IReadOnlyDictionary<string, long> Gates, long Cell, long Hidden, long Output);

/// <summary>One output number.</summary>
/// <param name="Run">Window, or row of the stream.</param>
/// <param name="Output">Output name.</param>
/// <param name="Index">Element of the output.</param>
/// <param name="Float">Float value.</param>
/// <param name="Integer">Integer value in real units.</param>
public sealed record WorstValue(int Run, string Output, int Index, double Float, double Integer);
