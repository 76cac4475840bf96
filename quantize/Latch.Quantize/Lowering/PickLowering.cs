using Latch.Import.Graph;
using Latch.Model;

namespace Latch.Quantize.Lowering;

/// <summary>Elements moved by a list of positions: a few copies where the positions run evenly, else one by one.</summary>
internal static class PickLowering
{
    private const int MostCopies = 4;

    public static void Lower(PickNode node, PlanBuilder plan)
    {
        int input = plan.Tensor(node.Input);
        if (node.Source.Length == plan.Model.Count(node.Input) && node.Source.SequenceEqual(Enumerable.Range(0, node.Source.Length)))
        {
            plan.Alias(node.Output, input);
            return;
        }
        int output = plan.Define(node.Output);
        if (!Copy(node, plan, input, output))
            Pick(node, plan, input, output, node.Source, node.Fill);
    }

    // Data and updates one after the other, of which each element of the output takes its own.
    public static void Lower(ScatterNode node, PlanBuilder plan)
    {
        int data = plan.Model.Count(node.Data), updates = plan.Model.Count(node.Updates);
        int output = plan.Define(node.Output);
        int both = plan.DefineTemporary(node, "both", [data + updates], plan.Format(output));
        MovementLowering.Copy(node, plan, plan.Tensor(node.Data), both, [data], 0, [1], 0, [1]);
        MovementLowering.Copy(node, plan, plan.Tensor(node.Updates), both, [updates], 0, [1], data, [1]);
        int[] source = [.. Enumerable.Range(0, data)];
        for (int update = 0; update < updates; update++)
            source[node.Positions[update]] = data + update;
        Pick(node, plan, both, output, source, 0);
    }

    private static bool Copy(PickNode node, PlanBuilder plan, int input, int output)
    {
        var runs = new List<(int First, int Length)>();
        for (int first = 0; first < node.Source.Length; first += runs[^1].Length)
        {
            if (runs.Count == MostCopies)
                return false;
            runs.Add((first, MovementLowering.RunLength(node.Source, first)));
        }
        if (node.Source.Contains(-1))
            return false;
        foreach ((int first, int length) in runs)
            MovementLowering.Copy(node, plan, input, output, [length], node.Source[first], [length == 1 ? 0 : node.Source[first + 1] - node.Source[first]], first, [1]);
        return true;
    }

    private static void Pick(GraphNode node, PlanBuilder plan, int input, int output, int[] source, double fill)
    {
        Quantization from = plan.Format(input), to = plan.Format(output);
        string name = plan.Context.ShortName(node);
        plan.Add(new PickOperation
        {
            Name = name,
            Input = input,
            Output = output,
            Source = plan.Context.AddConstant($"{name}.source.{plan.Model.Steps}", constant => Positions(constant, source)),
            Fill = (int)Math.Clamp(Math.Round(fill / to.Scale) + to.ZeroPoint, to.MinCode, to.MaxCode),
            Rescale = from == to ? null : MultiplierFactory.Create(from.Scale / to.Scale, node.Name),
        });
    }

    private static ConstantTensor Positions(string name, int[] source) => source.Max() <= short.MaxValue
        ? ConstantTensor.Of(name, [source.Length], Array.ConvertAll(source, static position => (short)position))
        : ConstantTensor.Of(name, [source.Length], source);
}
