using Latch.Import.Graph;
using Latch.Model;

namespace Latch.Quantize.Lowering;

/// <summary>
/// Convolutions, together with an activation that alone reads their result. A transposed one is a convolution over its input with zeros between the
/// elements: products with those zeros cost as much as others, so that it takes stride times as long as it had to (along each axis).
/// </summary>
internal static class ConvLowering
{
    public static void Lower(ConvNode node, PlanBuilder plan)
    {
        WindowLayout window = Layout(plan.Model.Shape(node.Input), plan.Model.Shape(node.Output), node.Weights.Shape[2..], node.Window);
        Lower(node, plan, node.Input, node.Output, (node.Weights, node.Bias), node.Groups, window);
    }

    public static void Lower(ConvTransposeNode node, PlanBuilder plan)
    {
        int[] kernel = node.Weights.Shape[2..];
        int[] ones = [.. kernel.Select(static _ => 1)];
        // Input element p adds to output p stride + k dilation - before: output q sees, at tap j counted from the end, position q + j dilation - ((K - 1) dilation - before).
        int[] before = [.. kernel.Select((length, axis) => ((length - 1) * node.Window.Dilations[axis]) - node.Window.Before[axis])];
        var turned = new WindowGeometry(ones, node.Window.Dilations, before, node.Window.After);
        WindowLayout window = Layout(plan.Model.Shape(node.Input), plan.Model.Shape(node.Output), kernel, turned) with { Spacing = Of(node.Window.Strides, 1) };
        Lower(node, plan, node.Input, node.Output, (Turn(node.Weights, node.Groups), node.Bias), node.Groups, window);
    }

    /// <summary>Windows over [N, C, L] or [N, C, H, W].</summary>
    public static WindowLayout Layout(int[] input, int[] output, int[] kernel, WindowGeometry geometry) => new()
    {
        Input = Of(input[2..], 1),
        Output = Of(output[2..], 1),
        Kernel = Of(kernel, 1),
        Stride = Of(geometry.Strides, 1),
        Dilation = Of(geometry.Dilations, 1),
        Padding = Of(geometry.Before, 0),
        Spacing = new Extent(1, 1),
    };

    private static Extent Of(int[] lengths, int absent) => lengths.Length == 1 ? new Extent(absent, lengths[0]) : new Extent(lengths[0], lengths[1]);

    private static void Lower(GraphNode node, PlanBuilder plan, string from, string to, (FloatTensor Weights, FloatTensor? Bias) real, int groups, WindowLayout window)
    {
        int input = plan.Tensor(from);
        var fusion = FusedActivation.Of(to, plan);
        int output = plan.Define(fusion.Result);
        Quantization y = plan.Format(output);
        WeightMatrix weights = plan.Context.Shared(node.Name, () => WeightMatrix.Prepare(node, real.Weights, real.Bias, plan.Context, plan.Format(input), fusion.Function is null ? y : null));
        plan.Add(new ConvOperation
        {
            Name = weights.Name,
            Input = input,
            Output = output,
            Batch = plan.Model.Shape(from)[0],
            Channels = plan.Model.Shape(from)[1],
            Groups = groups,
            Window = window,
            Weights = weights.Weights,
            Bias = weights.Bias,
            Multipliers = weights.Multipliers,
            Shift = weights.Shift,
            MinCode = fusion.MinCode,
            Activation = fusion.Function,
            PreActivationLimit = fusion.Limit,
            OutputRescale = fusion.Rescale(y, node.Name),
        });
    }

    // [C, O / G, K..] to [O, C / G, K..] with every kernel turned round.
    private static FloatTensor Turn(FloatTensor weights, int groups)
    {
        int channels = weights.Shape[0], perGroup = weights.Shape[1], inputs = channels / groups, length = TensorShape.Count(weights.Shape.AsSpan(2));
        float[] turned = new float[weights.Count];
        for (int channel = 0; channel < channels; channel++)
        {
            for (int output = 0; output < perGroup; output++)
            {
                int row = (channel / inputs * perGroup) + output;
                for (int k = 0; k < length; k++)
                    turned[(((row * inputs) + (channel % inputs)) * length) + length - 1 - k] = weights.Data[(((channel * perGroup) + output) * length) + k];
            }
        }
        return new FloatTensor([groups * perGroup, inputs, .. weights.Shape[2..]], turned);
    }
}
