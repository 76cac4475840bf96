using Latch.Import.Graph;

namespace Latch.Import.Reference;

/// <summary>Data with elements replaced.</summary>
internal sealed class ScatterEvaluator(ScatterNode node, IValueTable values) : NodeEvaluator
{
    private readonly float[] _data = values.Data(node.Data);
    private readonly float[] _updates = values.Data(node.Updates);
    private readonly float[] _output = values.Data(node.Output);

    public override void Run(IReferenceObserver? observer) => Replace<float>(_data, _updates, node.Positions, _output);

    /// <summary>Copies the data and puts each update at its position, the last one where several are the same.</summary>
    public static void Replace<T>(ReadOnlySpan<T> data, ReadOnlySpan<T> updates, int[] positions, Span<T> output)
    {
        data.CopyTo(output);
        for (int i = 0; i < positions.Length; i++)
            output[positions[i]] = updates[i];
    }
}
