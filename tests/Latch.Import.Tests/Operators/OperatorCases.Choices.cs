using DataType = Latch.Import.Onnx.TensorProto.Types.DataType;

namespace Latch.Import.Tests.Operators;

/// <summary>Comparisons, logic, choices, positions, and whole numbers.</summary>
internal static partial class OperatorCases
{
    /// <summary>Of floats and constants, or of whole numbers, where equality occurs.</summary>
    private static void Compare(OperatorCase c)
    {
        int[] shape = c.Shape(c.Random.Next(0, 4));
        bool whole = c.Opset >= 9 && (c.Chance || c.Name == "Equal");
        string left = whole ? c.Whole(shape, 3) : c.Input(shape);
        string right = whole
            ? c.Chance ? c.Whole(Narrow(c, shape), 3) : c.Writer.Scalar(1)
            : c.Chance ? c.Input(Narrow(c, shape)) : c.Writer.Floats([], [0.1f]);
        Finish(c, c.Node(c.Chance ? [left, right] : [right, left]));
    }

    private static void Logic(OperatorCase c)
    {
        int[] shape = c.Shape(c.Random.Next(0, 4));
        string left = c.Whole(shape, 2, DataType.Bool);
        string right = c.Random.Next(3) switch
        {
            0 => c.Whole(Narrow(c, shape), 2, DataType.Bool),
            1 => c.Node("Greater", [c.Input(shape), c.Writer.Floats([], [0])]),
            _ => c.Writer.Integers([], [c.Random.Next(2)], DataType.Bool),
        };
        Finish(c, c.Node([left, right]));
    }

    private static void Not(OperatorCase c) => Finish(c, c.Node([c.Whole(c.Shape(c.Random.Next(0, 4)), 2, DataType.Bool)]));

    private static void Where(OperatorCase c)
    {
        int[] shape = c.Shape(c.Random.Next(0, 4));
        string condition = c.Random.Next(3) switch
        {
            0 => c.Whole(Narrow(c, shape), 2, DataType.Bool),
            1 => c.Node("Less", [c.Input(shape), c.Writer.Floats([], [0])]),
            _ => Mask(c, Narrow(c, shape)),
        };
        string[] sides = [c.Input(c.Chance ? shape : Narrow(c, shape)), c.Random.Next(3) switch
        {
            0 => c.Input(shape),
            1 => c.Writer.Floats([], [-9]),
            _ => c.Writer.Floats(c.Random, 1, Narrow(c, shape)),
        }];
        if (c.Chance)
            Array.Reverse(sides);
        c.Output(c.Node([condition, sides[0], sides[1]]));
    }

    private static void ArgMax(OperatorCase c)
    {
        int[] shape = c.Shape(c.Random.Next(1, 5));
        int axis = c.Random.Next(shape.Length);
        List<(string, object)> attributes = [("axis", c.Opset < 11 ? axis : Signed(c, axis, shape.Length))];
        if (c.Chance)
            attributes.Add(("keepdims", c.Random.Next(2)));
        if (c.Opset >= 12 && c.Chance)
            attributes.Add(("select_last_index", 0));
        bool equal = c.Opset >= 12 && c.Chance;
        c.Output(c.Node([equal ? c.Whole(shape, 3, DataType.Int32) : c.Input(shape)], [.. attributes]), DataType.Int64);
    }

    /// <summary>From integers to floats and back, to truth values, and from truth values.</summary>
    private static void Cast(OperatorCase c)
    {
        int[] shape = c.Shape(c.Random.Next(0, 4));
        int truth = (int)DataType.Bool;
        int real = (int)DataType.Float;
        switch (c.Random.Next(4))
        {
            case 0:
                c.Output(c.Node("Mul", [c.Node([c.Whole(shape, 9)], ("to", real)), c.Writer.Floats([], [0.3f])]));
                break;
            case 1:
                c.Output(c.Node([c.Node([c.Whole(shape, 9)], ("to", real))], ("to", (int)DataType.Int32)), DataType.Int32);
                break;
            case 2:
                c.Output(c.Node([c.Whole(shape, 3)], ("to", truth)), DataType.Bool);
                break;
            default:
                c.Output(c.Node([c.Node([c.Node("Relu", [c.Input(shape)])], ("to", truth))], ("to", real)));
                break;
        }
    }

    /// <summary>Arithmetic on whole numbers, some of them constant.</summary>
    private static void Whole(OperatorCase c)
    {
        int[] shape = c.Shape(c.Random.Next(0, 4));
        string left = c.Whole(shape, 9);
        string right = c.Chance ? c.Whole(Narrow(c, shape), 9) : c.Writer.Scalar(4);
        c.Output(c.Node(c.Chance ? [left, right] : [right, left]), DataType.Int64);
    }

    private static void WholeReduction(OperatorCase c)
    {
        string sum = c.Node([c.Whole(c.Shape(c.Random.Next(1, 4)), 9, DataType.Int32)], ("keepdims", c.Random.Next(2)));
        c.Output(c.Node("Cast", [sum], ("to", (int)DataType.Float)));
    }

    /// <summary>A truth value as it is, or as a float.</summary>
    private static void Finish(OperatorCase c, string truth)
    {
        if (c.Chance)
            c.Output(truth, DataType.Bool);
        else
            c.Output(c.Node("Cast", [truth], ("to", (int)DataType.Float)));
    }

    private static string Mask(OperatorCase c, int[] shape) => c.Writer.Integers(
        shape, [.. Enumerable.Range(0, shape.Aggregate(1, (a, b) => a * b)).Select(_ => (long)c.Random.Next(2))], DataType.Bool);

    /// <summary>A shape that broadcasts to another: some axes of length 1, some leading ones gone.</summary>
    private static int[] Narrow(OperatorCase c, int[] shape) => [.. shape.Skip(c.Random.Next(shape.Length + 1)).Select(length => c.Chance ? 1 : length)];
}
