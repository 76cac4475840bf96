using Latch.Import.Graph;
using Latch.Model;

namespace Latch.Quantize.Lowering;

/// <summary>Data movement: nothing at all where the order of the elements stays, else strided copies.</summary>
internal static class MovementLowering
{
    public static void Lower(MovementNode node, PlanBuilder plan)
    {
        int input = plan.Tensor(node.Input);
        int[] from = plan.Model.Shape(node.Input), to = plan.Model.Shape(node.Output);
        int[] strides = TensorShape.Strides(from);
        switch (node)
        {
            case ReshapeNode:
                plan.Alias(node.Output, input);
                break;
            case TransposeNode transpose:
                View(node, plan, input, to, 0, [.. transpose.Permutation.Select(axis => strides[axis])]);
                break;
            case SliceNode slice:
                int start = slice.Starts.Select((first, axis) => first * strides[axis]).Sum();
                View(node, plan, input, to, start, [.. slice.Strides.Select((step, axis) => step * strides[axis])]);
                break;
            case ExpandNode:
                View(node, plan, input, to, 0, Broadcast.Strides(from, to));
                break;
            case TileNode:
                Tile(node, plan, input, from, to);
                break;
            case PickNode pick:
                PickLowering.Lower(pick, plan);
                break;
            case GatherNode gather:
                Gather(gather, plan, input, from);
                break;
            default:
                throw NodeLowering.Unsupported(node, node.GetType().Name);
        }
    }

    public static void Lower(ConcatNode node, PlanBuilder plan)
    {
        int output = plan.Define(node.Output);
        int[] strides = TensorShape.Strides(plan.Model.Shape(node.Output));
        int start = 0;
        foreach (string part in node.Parts)
        {
            int[] shape = plan.Model.Shape(part);
            if (TensorShape.Count(shape) != 0)
                Copy(node, plan, plan.Tensor(part), output, shape, 0, TensorShape.Strides(shape), start, strides);
            start += shape[node.Axis] * strides[node.Axis];
        }
    }

    /// <summary>Adds a copy; adjacent axes that both sides walk evenly become one.</summary>
    public static void Copy(
        GraphNode node, PlanBuilder plan, int input, int output, int[] dimensions, int inputStart, int[] inputStrides, int outputStart, int[] outputStrides)
    {
        Quantization from = plan.Format(input), to = plan.Format(output);
        (int[] merged, int[][] strides) = Broadcast.Merge(dimensions, inputStrides, outputStrides);
        plan.Add(new CopyOperation
        {
            Name = plan.Context.ShortName(node),
            Input = input,
            Output = output,
            Dimensions = merged,
            InputStart = inputStart,
            InputStrides = strides[0],
            OutputStart = outputStart,
            OutputStrides = strides[1],
            Rescale = from == to ? null : MultiplierFactory.Create(from.Scale / to.Scale, node.Name),
        });
    }

    /// <summary>How many indices from this one on are evenly spaced.</summary>
    public static int RunLength(int[] indices, int first)
    {
        if (first + 1 == indices.Length)
            return 1;
        int last = first + 1;
        while (last + 1 < indices.Length && indices[last + 1] - indices[last] == indices[first + 1] - indices[first])
            last++;
        return last - first + 1;
    }

    // Output element k is input element start + sum of strides: an alias when that is the identity, else a copy.
    private static void View(MovementNode node, PlanBuilder plan, int input, int[] to, int start, int[] strides)
    {
        int[] dense = TensorShape.Strides(to);
        bool same = start == 0 && TensorShape.Count(to) == plan.Model.Count(node.Input) && to.Select((length, axis) => length == 1 || strides[axis] == dense[axis]).All(static equal => equal);
        if (same)
            plan.Alias(node.Output, input);
        else
            Copy(node, plan, input, plan.Define(node.Output), to, start, strides, 0, dense);
    }

    private static void Tile(MovementNode node, PlanBuilder plan, int input, int[] from, int[] to)
    {
        int[] strides = TensorShape.Strides(from), dense = TensorShape.Strides(to);
        int[] dimensions = [.. from.SelectMany((length, axis) => new[] { to[axis] / length, length })];
        int[] source = [.. strides.SelectMany(static stride => new[] { 0, stride })];
        int[] target = [.. dense.SelectMany((stride, axis) => new[] { stride * from[axis], stride })];
        Copy(node, plan, input, plan.Define(node.Output), dimensions, 0, source, 0, target);
    }

    private static void Gather(GatherNode node, PlanBuilder plan, int input, int[] from)
    {
        int outer = TensorShape.Count(from.AsSpan(0, node.Axis)), inner = TensorShape.Count(from.AsSpan(node.Axis + 1));
        int length = from[node.Axis], count = node.Indices.Length;
        if (outer == 1 && count == length && node.Indices.SequenceEqual(Enumerable.Range(0, length)))
        {
            plan.Alias(node.Output, input);
            return;
        }
        int output = plan.Define(node.Output);
        for (int first = 0; first < count;)
        {
            int run = RunLength(node.Indices, first);
            int step = run == 1 ? 0 : node.Indices[first + 1] - node.Indices[first];
            Copy(node, plan, input, output, [outer, run, inner], node.Indices[first] * inner, [length * inner, step * inner, 1], first * inner, [count * inner, inner, 1]);
            first += run;
        }
    }
}
