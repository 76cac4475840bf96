using Latch.Import.Graph;

namespace Latch.Import.Reference;

/// <summary>Moves the elements of one value.</summary>
internal sealed class MovementEvaluator(MovementNode node, IValueTable values) : NodeEvaluator
{
    private readonly float[] _input = values.Data(node.Input);
    private readonly float[] _output = values.Data(node.Output);
    private readonly float _fill = node is PickNode pick ? pick.Fill : 0;
    private readonly int[]? _map = IndexMap.Of(node, values.Shape(node.Input), values.Shape(node.Output));

    public override void Run(IReferenceObserver? observer) => IndexMap.Apply<float>(_map, _input, _output, _fill);
}

/// <summary>Joins values along an axis.</summary>
internal sealed class ConcatEvaluator(ConcatNode node, IValueTable values) : NodeEvaluator
{
    private readonly float[][] _parts = [.. node.Parts.Select(values.Data)];
    private readonly int[][] _shapes = [.. node.Parts.Select(values.Shape)];
    private readonly float[] _output = values.Data(node.Output);

    public override void Run(IReferenceObserver? observer) => Join<float>(_parts, _shapes, node.Axis, _output);

    /// <summary>Joins tensors whose shapes differ in one axis only.</summary>
    public static void Join<T>(T[][] parts, int[][] shapes, int axis, Span<T> output)
    {
        int outer = TensorShape.Count(shapes[0].AsSpan(0, axis));
        int at = 0;
        for (int row = 0; row < outer; row++)
        {
            for (int part = 0; part < parts.Length; part++)
            {
                int length = TensorShape.Count(shapes[part].AsSpan(axis));
                parts[part].AsSpan(row * length, length).CopyTo(output[at..]);
                at += length;
            }
        }
    }
}
