using Latch.Import.Graph;

namespace Latch.Import.Reference;

/// <summary>Runs the steps of one recurrent node and keeps its state; the cells are in the derived types.</summary>
internal abstract class RecurrentEvaluator : NodeEvaluator
{
    private readonly IValueTable _values;
    private bool _started;

    protected RecurrentEvaluator(RecurrentNode node, IValueTable values)
    {
        Node = node;
        _values = values;
        int rows = node.Gates * node.HiddenSize;
        InputSum = new float[rows];
        RecurrentSum = new float[rows];
        PreActivation = new float[rows];
        Gate = new float[rows];
        Hidden = new float[node.HiddenSize];
        Cell = node.Cell == CellKind.Lstm ? new float[node.HiddenSize] : [];
        Functions = [.. node.Activations.Select(a => ActivationFunction.Of(a.Kind, a.Alpha, a.Beta))];
    }

    /// <summary>Whether a run goes on from the state of the run before.</summary>
    public bool CarryState { get; set; }

    protected RecurrentNode Node { get; }

    protected float[] InputSum { get; }

    protected float[] RecurrentSum { get; }

    protected float[] PreActivation { get; }

    protected float[] Gate { get; }

    protected float[] Hidden { get; }

    protected float[] Cell { get; }

    protected Func<float, float>[] Functions { get; }

    public static RecurrentEvaluator Create(RecurrentNode node, IValueTable values) => node.Cell switch
    {
        CellKind.Lstm => new LstmEvaluator(node, values),
        CellKind.Gru => new GruEvaluator(node, values),
        _ => new RnnEvaluator(node, values),
    };

    /// <summary>Makes the next run begin from the initial state again.</summary>
    public void Reset() => _started = false;

    public override void Run(IReferenceObserver? observer)
    {
        if (!_started || !CarryState)
            Begin();
        _started = true;
        ReadOnlySpan<float> x = _values.Data(Node.X);
        Span<float> y = Node.Y is null ? [] : _values.Data(Node.Y);
        for (int taken = 0; taken < Node.Steps; taken++)
        {
            int step = Node.Reverse ? Node.Steps - 1 - taken : taken;
            Step(x.Slice(step * Node.InputSize, Node.InputSize), step, observer);
            if (observer is not null)
                Report(observer, step);
            if (!y.IsEmpty)
                Hidden.CopyTo(y[(step * Node.HiddenSize)..]);
        }
        End();
    }

    protected abstract void Step(ReadOnlySpan<float> x, int step, IReferenceObserver? observer);

    /// <summary>Activates rows of one gate: the pre-activations must hold the unclipped sums.</summary>
    protected void Activate(int gate, Func<float, float> function)
    {
        int first = gate * Node.HiddenSize;
        for (int row = first; row < first + Node.HiddenSize; row++)
        {
            if (Node.Clip is float bound)
                PreActivation[row] = MathF.Max(-bound, MathF.Min(bound, PreActivation[row]));
            Gate[row] = function(PreActivation[row]);
        }
    }

    private void Begin()
    {
        Load(Node.InitialH, Hidden);
        Load(Node.InitialC, Cell);
    }

    private void Load(string? initial, float[] state)
    {
        if (initial is null)
            Array.Clear(state);
        else
            _values.Data(initial).CopyTo(state, 0);
    }

    private void End()
    {
        if (Node.FinalH is not null)
            Hidden.CopyTo(_values.Data(Node.FinalH), 0);
        if (Node.FinalC is not null)
            Cell.CopyTo(_values.Data(Node.FinalC), 0);
    }

    private void Report(IReferenceObserver observer, int step)
    {
        observer.OnGate(Node, step, RecurrentQuantity.InputSum, InputSum);
        observer.OnGate(Node, step, RecurrentQuantity.RecurrentSum, RecurrentSum);
        observer.OnGate(Node, step, RecurrentQuantity.PreActivation, PreActivation);
        observer.OnGate(Node, step, RecurrentQuantity.Gate, Gate);
        if (Node.Cell == CellKind.Lstm)
            observer.OnGate(Node, step, RecurrentQuantity.Cell, Cell);
        observer.OnGate(Node, step, RecurrentQuantity.Hidden, Hidden);
    }
}
