using Latch.Import.Reference;

namespace Latch.Quantize.Calibration;

/// <summary>Ranges of every value and of the states inside recurrent nodes, as one calibration method sees them.</summary>
internal sealed class Ranges
{
    private readonly Dictionary<string, IObserver> _values = [];
    private readonly Dictionary<(string Node, RecurrentQuantity Quantity), IObserver> _states = [];

    public required CalibrationMethod Method { get; init; }

    public required int Levels { get; init; }

    public ValueRange Value(string name) => _values.TryGetValue(name, out IObserver? observer) ? observer.Range : default;

    public ValueRange State(string node, RecurrentQuantity quantity) =>
        _states.TryGetValue((node, quantity), out IObserver? observer) ? observer.Range : default;

    public void AddValue(string name, ReadOnlySpan<float> data) => Of(_values, name).Add(data);

    public void AddState(string node, RecurrentQuantity quantity, ReadOnlySpan<float> data) => Of(_states, (node, quantity)).Add(data);

    private IObserver Of<TKey>(Dictionary<TKey, IObserver> observers, TKey key)
        where TKey : notnull
    {
        if (!observers.TryGetValue(key, out IObserver? observer))
            observers[key] = observer = Observer.Create(Method, Levels);
        return observer;
    }
}
