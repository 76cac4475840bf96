using Latch.Import.Graph;
using Latch.Import.Reference;
using Latch.Quantize.Calibration;
using Latch.Runtime;

namespace Latch.Quantize.Report;

/// <summary>
/// Holds every tensor, gate and state of an integer model against the float reference, run by run on the same data. It tells which quantity costs
/// the accuracy: the first in data order whose signal-to-noise ratio drops.
/// </summary>
public static class InnerComparison
{
    /// <summary>Compares.</summary>
    /// <param name="model">The float model for the number of steps of a run.</param>
    /// <param name="integer">The integer model made from it.</param>
    /// <param name="normalised">Runs for the float model: windows, or the rows of one stream.</param>
    /// <param name="raw">The same runs as readings, for the integer model, which normalises by itself.</param>
    /// <returns>Tensors in data order, then each layer's gates and states.</returns>
    /// <exception cref="ArgumentException">The numbers of runs differ.</exception>
    /// <exception cref="QuantizeException">A run has another size than the model's inputs.</exception>
    public static IReadOnlyList<QuantityError> Run(FloatModel model, LatchModel integer, CalibrationData normalised, IReadOnlyList<float[]> raw)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(integer);
        ArgumentNullException.ThrowIfNull(normalised);
        ArgumentNullException.ThrowIfNull(raw);
        if (raw.Count != normalised.Count)
            throw new ArgumentException($"{raw.Count} runs of readings, but {normalised.Count} normalised ones", nameof(raw));
        Model.Plan plan = (normalised.IsStream ? integer.Definition.Step : integer.Definition.Sequence)
            ?? throw new ArgumentException(normalised.IsStream ? "the model has no streaming plan" : "the model has no plan for windows", nameof(integer));
        var tensors = new TensorSums(model, plan);
        var gates = new GateSums(integer, normalised.IsStream);
        var reference = new FloatReference(model, carryState: normalised.IsStream);
        Session session = integer.CreateSession();
        var probe = new GateSumsProbe(gates);
        float[] result = new float[normalised.IsStream ? integer.OutputSize : integer.WindowOutputSize];
        int run = 0;
        foreach (IReadOnlyList<float[]> sequence in normalised.Sequences)
        {
            reference.ResetState();
            session.Reset();
            foreach (float[] values in sequence)
            {
                reference.Run(RunInputs.Split(model, values), gates);
                if (normalised.IsStream)
                    session.Step(raw[run++], result, ref probe);
                else
                    session.Run(raw[run++], plan.Steps, result, ref probe);
                tensors.Add(reference, session);
            }
        }
        return [.. tensors.Errors, .. gates.Errors];
    }

    /// <summary>The graph's values that both models have under the same name and size.</summary>
    private sealed class TensorSums
    {
        private readonly List<(string Name, QuantitySums Sums)> _sums = [];
        private readonly float[] _values;

        public TensorSums(FloatModel model, Model.Plan plan)
        {
            Dictionary<string, int> counts = plan.Tensors.ToDictionary(static tensor => tensor.Name, static tensor => tensor.Count);
            foreach (string name in model.Inputs.Select(static input => input.Name).Concat(model.Nodes.SelectMany(static node => node.Outputs)).Distinct())
                if (counts.TryGetValue(name, out int count) && count == model.Count(name))
                    _sums.Add((name, new QuantitySums(QuantityKind.Tensor, name)));
            _values = new float[counts.Values.DefaultIfEmpty(0).Max()];
        }

        public IEnumerable<QuantityError> Errors => _sums.Select(static pair => pair.Sums.ToError());

        public void Add(FloatReference reference, Session session)
        {
            foreach ((string name, QuantitySums sums) in _sums)
            {
                int count = session.ReadTensor(name, _values);
                sums.Add(reference.Value(name), _values.AsSpan(0, count));
            }
        }
    }
}
