using Latch.Import.Graph;
using Latch.Import.Reference;

namespace Latch.Quantize.Calibration;

/// <summary>Listens to the float reference: feeds the observers of every method and the second moments of every weight matrix.</summary>
internal sealed class CalibrationRecorder : IReferenceObserver
{
    // Rows with more inputs than this are rounded to the nearest codes: their moments would take too long.
    private const int MostInputs = 1024;

    // Windows of a convolution that are taken in of each run, or twice as many: they look alike.
    private const int MostWindows = 8;

    // 2^32 over the golden ratio: multiples of it, modulo 2^32, lie evenly.
    private const uint Scatter = 0x9E3779B1;

    private readonly IReadOnlyList<Ranges> _ranges;
    private readonly Dictionary<string, List<DenseNode>> _denseByInput;
    private readonly HashSet<string> _recurrentInputs;
    private readonly Dictionary<string, float[]> _inputs = [];
    private readonly Dictionary<string, float[]> _hidden = [];
    private readonly Dictionary<string, SecondMoments> _moments = [];
    private readonly Dictionary<string, uint> _windows = [];
    private readonly FloatReference _reference;

    public CalibrationRecorder(FloatReference reference, IReadOnlyList<Ranges> ranges)
    {
        _reference = reference;
        _ranges = ranges;
        _denseByInput = reference.Model.Nodes.OfType<DenseNode>().GroupBy(static node => node.Input).ToDictionary(static group => group.Key, static group => group.ToList());
        _recurrentInputs = [.. reference.Model.Nodes.OfType<RecurrentNode>().Select(static node => node.X)];
    }

    /// <summary>Name of the moments of a GRU's hidden gate when the reset comes before the product.</summary>
    public static string ResetMoments(string node) => node + ".reset";

    /// <summary>Name of the moments of the input alone, for a GRU's hidden gate when the reset comes after the product.</summary>
    public static string InputMoments(string node) => node + ".input";

    /// <summary>Name of the moments of the hidden state alone, for the same gate.</summary>
    public static string HiddenMoments(string node) => node + ".hidden";

    /// <summary>What the node's rows met, or null when that was not recorded.</summary>
    public SecondMoments? Moments(string node) => _moments.GetValueOrDefault(node);

    /// <summary>Forgets the hidden states: the next run starts from the initial ones.</summary>
    public void Restart() => _hidden.Clear();

    public void OnValue(string name, ReadOnlySpan<float> data)
    {
        foreach (float value in data)
            if (!float.IsFinite(value))
                throw new QuantizeException($"on calibration data the float model makes '{name}' {value}; check the model and the range of the data");
        foreach (Ranges ranges in _ranges)
            ranges.AddValue(name, data);
        if (_recurrentInputs.Contains(name))
            _inputs[name] = data.ToArray();
        foreach (DenseNode node in _denseByInput.GetValueOrDefault(name, []))
        {
            int width = node.Weights.Shape[1];
            for (int row = 0; row < data.Length; row += width)
                Add(node.Name, data.Slice(row, width), []);
        }
    }

    public void OnWindow(ConvNode node, ReadOnlySpan<float> seen)
    {
        // One in so many, scattered: at a fixed distance they would all lie at one edge of a plane.
        uint windows = (uint)(_reference.Model.Count(node.Output) / node.Weights.Shape[0]), number = _windows.GetValueOrDefault(node.Name);
        _windows[node.Name] = number + 1;
        if ((ulong)(number * Scatter) * Math.Max(1, windows / MostWindows) >> 32 == 0)
            Add(node.Name, seen, []);
    }

    public void OnGate(RecurrentNode node, int step, RecurrentQuantity quantity, ReadOnlySpan<float> data)
    {
        if (quantity is not (RecurrentQuantity.Hidden or RecurrentQuantity.Cell or RecurrentQuantity.ResetHidden))
            return;
        foreach (Ranges ranges in _ranges)
            ranges.AddState(node.Name, quantity, data);
        if (quantity == RecurrentQuantity.Cell)
            return;
        ReadOnlySpan<float> x = _inputs[node.X].AsSpan(step * node.InputSize, node.InputSize);
        if (quantity == RecurrentQuantity.ResetHidden)
        {
            Add(ResetMoments(node.Name), x, data);
            return;
        }
        ReadOnlySpan<float> previous = Previous(node, step);
        Add(node.Name, x, previous);
        if (node is { Cell: CellKind.Gru, LinearBeforeReset: true })
        {
            Add(InputMoments(node.Name), x, []);
            Add(HiddenMoments(node.Name), previous, []);
        }
        _hidden[node.Name] = data.ToArray();
    }

    private ReadOnlySpan<float> Previous(RecurrentNode node, int step)
    {
        bool first = step == (node.Reverse ? node.Steps - 1 : 0);
        bool begins = first && !(_reference.CarriesState && !node.StartsAnew && !node.Reverse && _hidden.ContainsKey(node.Name));
        if (!begins)
            return _hidden[node.Name];
        return node.InitialH is null ? new float[node.HiddenSize] : _reference.Value(node.InitialH);
    }

    private void Add(string name, ReadOnlySpan<float> first, ReadOnlySpan<float> second)
    {
        if (first.Length + second.Length > MostInputs)
            return;
        if (!_moments.TryGetValue(name, out SecondMoments? moments))
            _moments[name] = moments = new SecondMoments(first.Length + second.Length);
        moments.Add(first, second);
    }
}
