using Latch.Import.Graph;
using Latch.Model;
using ActivationKind = Latch.Import.Graph.ActivationKind;
using ReduceOperation = Latch.Model.ReduceOperation;

namespace Latch.Quantize.Lowering;

/// <summary>Functions that work on codes: exp, log, square root, reciprocal, magnitude (NUMERICS.md section 6).</summary>
internal static class FunctionLowering
{
    public static void Lower(ActivationNode node, PlanBuilder plan)
    {
        if (MagnitudeLowering.Lower(node, plan))
            return;
        int input = plan.Tensor(node.Input), output = plan.Define(node.Output);
        switch (node.Kind)
        {
            case ActivationKind.Exp: Exp(node, plan, input, output); break;
            case ActivationKind.Log: Log(node, plan, input, output); break;
            case ActivationKind.Sqrt: Sqrt(node, plan, input, output); break;
            case ActivationKind.Reciprocal: Reciprocal(node, plan, input, output); break;
            default: Magnitude(node, plan, input, output); break;
        }
    }

    /// <summary>Adds e^x. The output's scale goes into the power of two up to a factor near 1, so that no scale is too large or too small.</summary>
    public static void Exp(GraphNode node, PlanBuilder plan, int input, int output)
    {
        double scale = plan.Format(output).Scale;
        int exponent = (int)Math.Round(Math.Log2(scale));
        plan.Add(new FunctionOperation
        {
            Name = plan.Context.ShortName(node),
            Kind = FunctionKind.Exp,
            Input = input,
            Output = output,
            InputRescale = MultiplierFactory.Create(Math.ScaleB(plan.Format(input).Scale / Math.Log(2), 17), node.Name),
            Offset = -exponent << 17,
            OutputRescale = MultiplierFactory.Create(Math.ScaleB(1 / scale, exponent - 24), node.Name),
        });
    }

    /// <summary>Adds ln x.</summary>
    public static void Log(GraphNode node, PlanBuilder plan, int input, int output) => plan.Add(new FunctionOperation
    {
        Name = plan.Context.ShortName(node),
        Kind = FunctionKind.Log,
        Input = input,
        Output = output,
        Offset = (int)Math.Round(Math.ScaleB(Math.Log(plan.Format(input).Scale), 24)),
        OutputRescale = MultiplierFactory.Create(Math.ScaleB(1 / plan.Format(output).Scale, -24), node.Name),
    });

    private static void Sqrt(ActivationNode node, PlanBuilder plan, int input, int output) => plan.Add(new FunctionOperation
    {
        Name = plan.Context.ShortName(node),
        Kind = FunctionKind.Sqrt,
        Input = input,
        Output = output,
        OutputRescale = MultiplierFactory.Create(Math.ScaleB(Math.Sqrt(plan.Format(input).Scale) / plan.Format(output).Scale, -22), node.Name),
    });

    private static void Reciprocal(ActivationNode node, PlanBuilder plan, int input, int output)
    {
        int one = plan.AddConstant($"{plan.Context.ShortName(node)}.one", new FloatTensor([1], [1]));
        int[] shape = plan.Model.Shape(node.Output);
        ElementwiseLowering.Add(node, plan, ElementwiseKind.Div, one, [1], input, shape, output, shape);
    }

    // A sum of magnitudes over one element.
    private static void Magnitude(ActivationNode node, PlanBuilder plan, int input, int output) => plan.Add(new ReduceOperation
    {
        Name = plan.Context.ShortName(node),
        Kind = ReduceKind.L1,
        Input = input,
        Output = output,
        Outer = plan.Model.Count(node.Input),
        Axis = 1,
        Inner = 1,
        Rescale = MultiplierFactory.Create(plan.Format(input).Scale / plan.Format(output).Scale, node.Name),
    });
}
