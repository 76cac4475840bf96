using Latch.Import.Graph;
using Latch.Model;
using ActivationKind = Latch.Model.ActivationKind;
using GraphActivation = Latch.Import.Graph.ActivationKind;

namespace Latch.Quantize.Lowering;

/// <summary>Functions of one operand, and their form inside recurrent cells and dense layers.</summary>
internal static class ActivationLowering
{
    /// <summary>Q.13 limit of curves: +-16.</summary>
    public const int CurveLimit = 1 << 17;

    /// <summary>Q.13 limit of the other functions: +-128.</summary>
    public const int StraightLimit = 1 << 20;

    public static void Lower(ActivationNode node, PlanBuilder plan)
    {
        switch (node.Kind)
        {
            case GraphActivation.Relu: Combine(node, plan, ElementwiseKind.Max, 0); break;
            case GraphActivation.LeakyRelu: Combine(node, plan, ElementwiseKind.PRelu, node.Alpha); break;
            case GraphActivation.PRelu: Combine(node, plan, ElementwiseKind.PRelu, node.Slope!, plan.Define(node.Output)); break;
            case GraphActivation.Clip: Clip(node, plan); break;
            case GraphActivation.Exp or GraphActivation.Log or GraphActivation.Sqrt or GraphActivation.Reciprocal or GraphActivation.Abs: FunctionLowering.Lower(node, plan); break;
            default: LowerFunction(node, plan); break;
        }
    }

    /// <summary>Whether a function can be part of another operator: its argument is then in Q.13, its value in Q7.24.</summary>
    public static bool IsFunction(GraphActivation kind) =>
        kind is not (GraphActivation.PRelu or GraphActivation.Exp or GraphActivation.Log or GraphActivation.Sqrt or GraphActivation.Reciprocal or GraphActivation.Abs);

    /// <summary>The function in the runtime's form.</summary>
    /// <exception cref="QuantizeException">A parameter is beyond +-128.</exception>
    public static ActivationFunction Function(GraphActivation kind, double alpha, double beta, string node)
    {
        ActivationKind target = kind switch
        {
            GraphActivation.Sigmoid => ActivationKind.Sigmoid,
            GraphActivation.Tanh => ActivationKind.Tanh,
            GraphActivation.Relu => ActivationKind.Relu,
            GraphActivation.LeakyRelu => ActivationKind.LeakyRelu,
            GraphActivation.ThresholdedRelu => ActivationKind.ThresholdedRelu,
            GraphActivation.HardSigmoid => ActivationKind.HardSigmoid,
            GraphActivation.ScaledTanh => ActivationKind.ScaledTanh,
            GraphActivation.Affine => ActivationKind.Affine,
            GraphActivation.Elu => ActivationKind.Elu,
            GraphActivation.Softsign => ActivationKind.Softsign,
            GraphActivation.Softplus => ActivationKind.Softplus,
            GraphActivation.Clip => ActivationKind.Clip,
            GraphActivation.Gelu => ActivationKind.Gelu,
            GraphActivation.GeluTanh => ActivationKind.GeluTanh,
            GraphActivation.HardSwish => ActivationKind.HardSwish,
            GraphActivation.Erf => ActivationKind.Erf,
            GraphActivation.Atan => ActivationKind.Atan,
            _ => throw new QuantizeException($"the activation {kind} has no integer form inside another operator", node),
        };
        return new ActivationFunction(target, Fixed(alpha, node), Fixed(beta, node));
    }

    /// <summary>Largest magnitude, in Q.13, of what enters the function.</summary>
    public static int Limit(ActivationFunction function) => function.IsCurve ? CurveLimit : StraightLimit;

    private static int Fixed(double parameter, string node)
    {
        if (Math.Abs(parameter) >= 128)
            throw new QuantizeException($"the activation's parameter {parameter} is beyond +-128; scale the model's values", node);
        return (int)Math.Round(Math.ScaleB(parameter, 24));
    }

    private static void LowerFunction(ActivationNode node, PlanBuilder plan)
    {
        ActivationFunction function = Function(node.Kind, node.Alpha, node.Beta, node.Name);
        double largest = plan.Context.Ranges.Value(node.Input).Magnitude;
        if (!function.IsCurve && largest > 128)
            throw new QuantizeException($"the input of {node.Kind} reaches {largest:G4}, beyond +-128; scale the model's values", node.Name);
        int input = plan.Tensor(node.Input), output = plan.Define(node.Output);
        plan.Add(new ActivationOperation
        {
            Name = plan.Context.ShortName(node),
            Input = input,
            Output = output,
            Function = function,
            InputRescale = MultiplierFactory.Create(Math.ScaleB(plan.Format(input).Scale, 13), node.Name),
            Limit = Limit(function),
            OutputRescale = MultiplierFactory.Create(Math.ScaleB(1 / plan.Format(output).Scale, -24), node.Name),
        });
    }

    // Straight functions work on the codes themselves, so that neither +-128 nor 2^-13 bounds them.
    private static void Clip(ActivationNode node, PlanBuilder plan)
    {
        int[] shape = plan.Model.Shape(node.Output);
        bool low = float.IsFinite(node.Alpha), high = float.IsFinite(node.Beta);
        if (!low && !high)
        {
            plan.Alias(node.Output, plan.Tensor(node.Input));
            return;
        }
        if (!low || !high)
        {
            Combine(node, plan, low ? ElementwiseKind.Max : ElementwiseKind.Min, low ? node.Alpha : node.Beta);
            return;
        }
        int input = plan.Tensor(node.Input);
        // In the output's codes, which both ends lie in: what they cannot hold is cut off next.
        int raised = plan.DefineTemporary(node, "raised", shape, plan.Context.Formats[node.Output]);
        ElementwiseLowering.Add(node, plan, ElementwiseKind.Max, input, shape, Scalar(node, plan, "min", node.Alpha), [1], raised, shape);
        ElementwiseLowering.Add(node, plan, ElementwiseKind.Min, raised, shape, Scalar(node, plan, "max", node.Beta), [1], plan.Define(node.Output), shape);
    }

    private static void Combine(ActivationNode node, PlanBuilder plan, ElementwiseKind kind, float parameter) =>
        Combine(node, plan, kind, new FloatTensor([1], [parameter]), plan.Define(node.Output));

    private static void Combine(ActivationNode node, PlanBuilder plan, ElementwiseKind kind, FloatTensor parameter, int output)
    {
        int constant = plan.AddConstant($"{plan.Context.ShortName(node)}.{kind}", parameter);
        int[] shape = plan.Model.Shape(node.Output);
        ElementwiseLowering.Add(node, plan, kind, plan.Tensor(node.Input), shape, constant, parameter.Shape, output, shape);
    }

    private static int Scalar(ActivationNode node, PlanBuilder plan, string name, float value) =>
        plan.AddConstant($"{plan.Context.ShortName(node)}.{name}", new FloatTensor([1], [value]));
}
