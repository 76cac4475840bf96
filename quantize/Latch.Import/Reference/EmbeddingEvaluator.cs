using Latch.Import.Graph;

namespace Latch.Import.Reference;

/// <summary>Rows of a table; an index is cut to a whole number, counts from the end where it is negative, and is limited to the table's rows.</summary>
internal sealed class EmbeddingEvaluator(EmbeddingNode node, IValueTable values) : NodeEvaluator
{
    private readonly float[] _indices = values.Data(node.Indices);
    private readonly float[] _output = values.Data(node.Output);
    private readonly int _rows = node.Table.Shape[0];
    private readonly int _length = TensorShape.Count(node.Table.Shape.AsSpan(1));

    public override void Run(IReferenceObserver? observer)
    {
        for (int i = 0; i < _indices.Length; i++)
        {
            float index = MathF.Truncate(_indices[i]);
            int row = (int)Math.Clamp(index < 0 ? index + _rows : index, 0, _rows - 1);
            node.Table.Data.AsSpan(row * _length, _length).CopyTo(_output.AsSpan(i * _length));
        }
    }
}
