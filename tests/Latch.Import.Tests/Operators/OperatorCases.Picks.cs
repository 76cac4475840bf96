using DataType = Latch.Import.Onnx.TensorProto.Types.DataType;

namespace Latch.Import.Tests.Operators;

/// <summary>Operators that pick and replace elements.</summary>
internal static partial class OperatorCases
{
    private static void Pad(OperatorCase c)
    {
        string[] modes = c.Opset >= 19 ? ["constant", "reflect", "edge", "wrap"] : ["constant", "reflect", "edge"];
        string mode = c.Random.GetItems(modes, 1)[0];
        int[] shape = [.. c.Shape(c.Random.Next(1, 5)).Select(length => length + 2)];
        int[] axes = [.. Enumerable.Range(0, shape.Length)];
        if (c.Opset >= 18 && c.Chance)
        {
            c.Random.Shuffle(axes);
            axes = axes[..c.Random.Next(1, axes.Length + 1)];
        }
        long[] pads = [.. axes.Concat(axes).Select(axis => (long)c.Random.Next(mode == "constant" ? -1 : 0, 3))];
        string x = c.Input(shape);
        List<(string, object)> attributes = mode == "constant" && c.Chance ? [] : [("mode", mode)];
        if (c.Opset < 11)
        {
            attributes.Add(("pads", pads));
            if (c.Chance)
                attributes.Add(("value", 0.5f));
            c.Output(c.Node([x], [.. attributes]));
            return;
        }
        List<string> inputs = [x, c.Writer.Integers(pads)];
        if (c.Chance || axes.Length < shape.Length)
            inputs.Add(mode == "constant" ? c.Writer.Floats([], [0.5f]) : "");
        if (c.Opset >= 18 && inputs.Count == 3)
            inputs.Add(c.Writer.Integers([.. axes.Select(axis => c.Chance ? axis : (long)axis - shape.Length)]));
        c.Output(c.Node([.. inputs], [.. attributes]));
    }

    /// <summary>Token numbers, and what is computed from them, choose rows of a table.</summary>
    private static void Embedding(OperatorCase c)
    {
        int rows = c.Random.Next(3, 9);
        int[] row = c.Shape(c.Random.Next(0, 3));
        string tokens = c.Whole(c.Shape(c.Random.Next(0, 4)), rows, c.Chance ? DataType.Int64 : DataType.Int32);
        if (c.Chance)
            tokens = c.Node("Cast", [c.Node("Cast", [tokens], ("to", (int)DataType.Float))], ("to", (int)DataType.Int64));
        if (c.Chance)
            tokens = c.Node("Identity", [tokens]);
        c.Output(c.Node([c.Writer.Floats(c.Random, 1, [rows, .. row]), tokens]));
    }

    private static void GatherElements(OperatorCase c)
    {
        (int[] shape, int axis, string indices) = Elements(c);
        c.Output(c.Node([c.Input(shape), indices], ("axis", Signed(c, axis, shape.Length))));
    }

    private static void ScatterElements(OperatorCase c)
    {
        (int[] shape, int axis, string indices) = Elements(c);
        int[] index = [.. c.Writer.Model.Graph.Initializer[0].Dims.Select(length => (int)length)];
        string data = c.Input(shape);
        string updates = c.Chance ? c.Input(index) : c.Writer.Floats(c.Random, 1, index);
        c.Output(c.Node([data, indices, updates], ("axis", c.Opset < 11 ? axis : Signed(c, axis, shape.Length))));
    }

    private static void GatherND(OperatorCase c)
    {
        int[] shape = c.Shape(c.Random.Next(1, 5));
        int batch = c.Opset >= 12 ? c.Random.Next(shape.Length) : 0;
        (string indices, _, _) = Parts(c, shape, batch);
        c.Output(c.Node([c.Input(shape), indices], batch > 0 ? [("batch_dims", batch)] : []));
    }

    private static void ScatterND(OperatorCase c)
    {
        int[] shape = c.Shape(c.Random.Next(1, 5));
        (string indices, int[] rows, int depth) = Parts(c, shape, 0);
        int[] updates = [.. rows, .. shape[depth..]];
        string data = c.Chance ? c.Input(shape) : c.Writer.Floats(c.Random, 1, shape);
        c.Output(c.Node([data, indices, c.Input(updates)]));
    }

    private static void Trilu(OperatorCase c)
    {
        List<string> inputs = [c.Input(c.Shape(c.Random.Next(2, 5)))];
        if (c.Chance)
            inputs.Add(c.Writer.Scalar(c.Random.Next(-3, 4)));
        c.Output(c.Node([.. inputs], c.Chance ? [("upper", c.Random.Next(2))] : []));
    }

    private static void DepthToSpace(OperatorCase c)
    {
        int block = c.Random.Next(1, 4);
        string x = c.Input([Batch(c), block * block * c.Random.Next(1, 4), c.Random.Next(1, 4), c.Random.Next(1, 4)]);
        List<(string, object)> attributes = [("blocksize", block)];
        if (c.Opset >= 11 && c.Chance)
            attributes.Add(("mode", c.Chance ? "CRD" : "DCR"));
        c.Output(c.Node([x], [.. attributes]));
    }

    private static void SpaceToDepth(OperatorCase c)
    {
        int block = c.Random.Next(1, 4);
        string x = c.Input([Batch(c), c.Random.Next(1, 4), block * c.Random.Next(1, 4), block * c.Random.Next(1, 4)]);
        c.Output(c.Node([x], ("blocksize", block)));
    }

    /// <summary>Data, an axis, and constant indices along it, negative ones too.</summary>
    private static (int[] Shape, int Axis, string Indices) Elements(OperatorCase c)
    {
        int[] shape = c.Shape(c.Random.Next(1, 5));
        int axis = c.Random.Next(shape.Length);
        // Replaced elements stay distinct, since ONNX leaves the order of several open.
        int[] own = [.. Enumerable.Range(0, shape[axis])];
        c.Random.Shuffle(own);
        int taken = c.Random.Next(1, shape[axis] + 1);
        int[] index = [.. shape.Select((length, k) => k == axis ? taken : c.Random.Next(1, length + 1))];
        int inner = index[(axis + 1)..].Aggregate(1, (a, b) => a * b);
        long[] data = [.. Enumerable.Range(0, index.Aggregate(1, (a, b) => a * b)).Select(i => Back(c, own[i / inner % taken], shape[axis]))];
        return (shape, axis, c.Writer.Integers(index, data));
    }

    /// <summary>Indices of distinct parts of the data, their shape without the last axis, and how many axes they point at.</summary>
    private static (string Indices, int[] Rows, int Depth) Parts(OperatorCase c, int[] shape, int batch)
    {
        int depth = c.Random.Next(1, shape.Length - batch + 1);
        int[] pointed = shape[batch..(batch + depth)];
        int all = pointed.Aggregate(1, (a, b) => a * b);
        int taken = c.Random.Next(1, Math.Min(all, 6) + 1);
        int[] rows = [.. shape[..batch], taken];
        int outer = rows[..batch].Aggregate(1, (a, b) => a * b);
        List<long> data = [];
        for (int group = 0; group < outer; group++)
        {
            int[] places = [.. Enumerable.Range(0, all)];
            c.Random.Shuffle(places);
            foreach (int place in places[..taken])
                data.AddRange(Coordinates(place, pointed).Select((at, k) => Back(c, at, pointed[k])));
        }
        return (c.Writer.Integers([.. rows, depth], [.. data]), rows, depth);
    }

    private static int[] Coordinates(int place, int[] shape)
    {
        int[] at = new int[shape.Length];
        for (int axis = shape.Length - 1; axis >= 0; axis--)
            (place, at[axis]) = (place / shape[axis], place % shape[axis]);
        return at;
    }

    private static long Back(OperatorCase c, int position, int length) => c.Opset >= 11 && c.Chance ? position - length : position;

    private static int Signed(OperatorCase c, int axis, int rank) => c.Chance ? axis : axis - rank;
}
