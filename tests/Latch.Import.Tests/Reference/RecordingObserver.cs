using Latch.Import.Graph;
using Latch.Import.Reference;

namespace Latch.Import.Tests.Reference;

/// <summary>Keeps a copy of everything a run reports.</summary>
internal sealed class RecordingObserver : IReferenceObserver
{
    public Dictionary<string, float[]> Values { get; } = [];

    public Dictionary<(string Node, int Step, RecurrentQuantity Quantity), float[]> Gates { get; } = [];

    public List<int> Steps { get; } = [];

    public void OnValue(string name, ReadOnlySpan<float> data) => Values.Add(name, data.ToArray());

    public void OnGate(RecurrentNode node, int step, RecurrentQuantity quantity, ReadOnlySpan<float> data)
    {
        Gates.Add((node.Name, step, quantity), data.ToArray());
        if (quantity == RecurrentQuantity.Hidden)
            Steps.Add(step);
    }
}
