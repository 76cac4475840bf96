namespace Latch.Import.Sources.Safetensors;

/// <summary>
/// The order of gates in which each format stacks the rows of a cell's weights, and the order of ONNX. One letter a gate: i input, o output, f forget, g cell (which
/// ONNX and Keras call c); z update, r reset, n hidden (which ONNX and Keras call h); x the only one of a plain cell.
/// </summary>
internal sealed class RecurrentCell
{
    public static readonly RecurrentCell Lstm = new("LSTM", onnx: "iofg", pytorch: "ifgo", keras: "ifgo", candle: "ifgo");
    public static readonly RecurrentCell Gru = new("GRU", onnx: "zrn", pytorch: "rzn", keras: "zrn", candle: "rzn");
    public static readonly RecurrentCell Rnn = new("RNN", onnx: "x", pytorch: "x", keras: "x", candle: "x");

    private readonly string _onnx;
    private readonly Dictionary<string, string> _orders;

    private RecurrentCell(string operatorName, string onnx, string pytorch, string keras, string candle)
    {
        Operator = operatorName;
        _onnx = onnx;
        _orders = new Dictionary<string, string> { ["pytorch"] = pytorch, ["keras"] = keras, ["candle"] = candle };
    }

    /// <summary>The ONNX operator.</summary>
    public string Operator { get; }

    public int Gates => _onnx.Length;

    /// <summary>Per gate in the order of ONNX its number in the order of a format.</summary>
    public int[] Order(string format) => [.. _onnx.Select(gate => _orders[format].IndexOf(gate))];
}
