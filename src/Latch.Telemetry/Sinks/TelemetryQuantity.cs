using Latch.Runtime;

namespace Latch.Telemetry.Sinks;

/// <summary>What a <see cref="TelemetryRecord"/> sums up: a gate, or a state.</summary>
public enum TelemetryQuantity
{
    /// <summary>LSTM input gate.</summary>
    InputGate,

    /// <summary>LSTM output gate.</summary>
    OutputGate,

    /// <summary>LSTM forget gate.</summary>
    ForgetGate,

    /// <summary>LSTM candidate.</summary>
    CellGate,

    /// <summary>GRU update gate.</summary>
    UpdateGate,

    /// <summary>GRU reset gate.</summary>
    ResetGate,

    /// <summary>GRU candidate; the only sum of an RNN.</summary>
    HiddenGate,

    /// <summary>LSTM cell state c.</summary>
    CellState,

    /// <summary>Hidden state h.</summary>
    HiddenState,
}

/// <summary>Names of the quantities, the same in every sink.</summary>
public static class TelemetryQuantityNames
{
    private static readonly string[] s_names = ["input gate", "output gate", "forget gate", "cell gate", "update gate", "reset gate", "hidden gate", "c", "h"];

    /// <summary>For example "forget gate", "c".</summary>
    public static string Name(this TelemetryQuantity quantity) => s_names[(int)quantity];

    /// <summary>The quantity of a gate.</summary>
    public static TelemetryQuantity Of(Gate gate) => gate switch
    {
        Gate.Input => TelemetryQuantity.InputGate,
        Gate.Output => TelemetryQuantity.OutputGate,
        Gate.Forget => TelemetryQuantity.ForgetGate,
        Gate.Cell => TelemetryQuantity.CellGate,
        Gate.Update => TelemetryQuantity.UpdateGate,
        Gate.Reset => TelemetryQuantity.ResetGate,
        _ => TelemetryQuantity.HiddenGate,
    };
}
