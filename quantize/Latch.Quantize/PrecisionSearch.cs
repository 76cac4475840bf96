namespace Latch.Quantize;

/// <summary>What one tensor's int8 codes cost.</summary>
/// <param name="Name">Value name; a recurrent node's name followed by ".hidden" is its state in the recurrent product.</param>
/// <param name="Share">Part of the outputs' squared error on held-back data that goes away when this tensor alone takes 16 bits; negative when it grows.</param>
/// <param name="Rms">Root-mean-square output error then.</param>
public sealed record TensorCost(string Name, double Share, double Rms);

/// <summary>Finds the tensors that cost the accuracy by giving one after the other 16 bits.</summary>
internal sealed class PrecisionSearch(ModelBuilder builder, HeldBackCheck check)
{
    private const double CostlyShare = 0.2;
    private const double GoodEnough = 48;
    private const int Rounds = 4;

    // The recurrent product is where the time goes: its codes keep 8 bits unless the user asks for more.
    private const string StateSuffix = ".hidden";

    /// <summary>The cost of each int8 tensor, the highest first.</summary>
    public IReadOnlyList<TensorCost> Costs(QuantizeOptions options, double rms) =>
        [.. builder.NarrowNames(options).Select(name =>
        {
            double alone = check.Measure(builder.Build(Widen(options, [name]))).Rms;
            return new TensorCost(name, 1 - alone * alone / (rms * rms), alone);
        }).OrderByDescending(static cost => cost.Share)];

    /// <summary>
    /// Widens the costliest tensor, again and again, until the error is small or four are wide. Where none stands out alone, because others hide what it
    /// costs, the costliest of them all are widened together. Also returns the costs that were found first.
    /// </summary>
    public (QuantizeOptions Options, IReadOnlyList<TensorCost> Costs) WidenCostly(QuantizeOptions options)
    {
        IReadOnlyList<TensorCost> first = [];
        for (int round = 0; round < Rounds; round++)
        {
            HeldBackError error = check.Measure(builder.Build(options));
            if (error.Decibel >= GoodEnough)
                break;
            IReadOnlyList<TensorCost> costs = Costs(options, error.Rms);
            if (round == 0)
                first = costs;
            string[] values = [.. costs.Select(static cost => cost.Name).Where(static name => !name.EndsWith(StateSuffix, StringComparison.Ordinal))];
            if (values.Length == 0)
                break;
            TensorCost costliest = costs.First(cost => cost.Name == values[0]);
            if (costliest.Share < CostlyShare)
                return (Together(options, error.Rms, values, Rounds - round), first);
            options = Widen(options, [costliest.Name]);
        }
        return (options, first);
    }

    // What a value costs where all others are wide already; the costliest together, if that takes away enough of the error.
    private QuantizeOptions Together(QuantizeOptions options, double rms, string[] values, int most)
    {
        string[] costliest = [.. values.OrderByDescending(name => check.Measure(builder.Build(Widen(options, values.Where(other => other != name)))).Rms).Take(most)];
        QuantizeOptions wide = Widen(options, costliest);
        double together = check.Measure(builder.Build(wide)).Rms;
        return 1 - (together * together / (rms * rms)) >= CostlyShare * costliest.Length ? wide : options;
    }

    private static QuantizeOptions Widen(QuantizeOptions options, IEnumerable<string> names) =>
        options with { WideValues = options.WideValues.Concat(names).ToHashSet() };
}
