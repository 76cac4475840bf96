using Latch.Model;

namespace Latch.Runtime;

/// <summary>The gates of the recurrent cells.</summary>
public enum Gate
{
    /// <summary>LSTM: how much of the candidate enters the cell.</summary>
    Input,

    /// <summary>LSTM: how much of the cell is shown as hidden state.</summary>
    Output,

    /// <summary>LSTM: how much of the cell is kept.</summary>
    Forget,

    /// <summary>LSTM: the candidate for the cell.</summary>
    Cell,

    /// <summary>GRU: how much of the hidden state is kept (z).</summary>
    Update,

    /// <summary>GRU: how much of the hidden state the candidate sees (r).</summary>
    Reset,

    /// <summary>GRU: the candidate for the hidden state. RNN: the only sum.</summary>
    Hidden,
}

/// <summary>The order in which a cell's gates are stored.</summary>
public static class GateOrder
{
    private static readonly Gate[] s_lstm = [Gate.Input, Gate.Output, Gate.Forget, Gate.Cell];
    private static readonly Gate[] s_gru = [Gate.Update, Gate.Reset, Gate.Hidden];
    private static readonly Gate[] s_rnn = [Gate.Hidden];

    /// <summary>The gates of a cell in storage order.</summary>
    public static IReadOnlyList<Gate> Of(CellKind kind) => kind switch { CellKind.Lstm => s_lstm, CellKind.Gru => s_gru, _ => s_rnn };

    /// <summary>Index of a gate in its cell's order, or -1 when the cell has no such gate.</summary>
    public static int IndexOf(CellKind kind, Gate gate) =>
        Array.IndexOf(kind switch { CellKind.Lstm => s_lstm, CellKind.Gru => s_gru, _ => s_rnn }, gate);
}
