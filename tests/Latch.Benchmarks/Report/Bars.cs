using Latch.Benchmarks.Contenders;
using Latch.Benchmarks.Models;
using Latch.Import.Graph;

namespace Latch.Benchmarks.Report;

/// <summary>A row of the table of ratios.</summary>
/// <param name="Cell">The cell.</param>
/// <param name="Name">What the ratio says.</param>
/// <param name="Above">The group whose time is divided.</param>
/// <param name="Below">The group whose time it is divided by.</param>
/// <param name="Bars">Least ratio wanted, by size; no entry where none is set.</param>
internal sealed record RatioRow(CellKind Cell, string Name, string Above, string Below, IReadOnlyDictionary<LayerSize, double> Bars);

/// <summary>What is to be reached.</summary>
internal static class Bars
{
    /// <summary>Largest error of a layer's output against float.</summary>
    public const double Rms = 0.0012;

    /// <summary>Largest share of the ONNX Runtime program's time from start to exit.</summary>
    public const double ColdStart = 0.15;

    /// <summary>Largest share of the ONNX Runtime program's resident memory.</summary>
    public const double Resident = 0.2;

    /// <summary>Largest time of a watched step of an LSTM of 64x128, in times of a bare one.</summary>
    public static IReadOnlyDictionary<string, double> Watched { get; } = new Dictionary<string, double> { [Watch.Statistics] = 1.5, [Watch.Sampled] = 1.1 };

    private const double Avx2Share = 0.7;

    /// <summary>The rows in order.</summary>
    public static IReadOnlyList<RatioRow> Ratios { get; } =
    [
        new(CellKind.Lstm, "LSTM streaming, float in and out, times faster than ONNX Runtime float", Group.OrtFloat, Group.LatchFloat, Four(45, 15, 7, 5)),
        new(CellKind.Lstm, "LSTM streaming, int8 in and out, times faster than ONNX Runtime int8", Group.OrtInt8, Group.LatchInt8, Four(50, 16, 6.5, 1.9)),
        new(CellKind.Gru, "GRU streaming, float in and out, times faster than ONNX Runtime float", Group.OrtFloat, Group.LatchFloat, Four(50, 17, 8, 5)),
        new(CellKind.Lstm, "LSTM streaming, float in and out, default options, times faster than ONNX Runtime float", Group.OrtFloat, Group.LatchDefault, None),
        new(CellKind.Gru, "GRU streaming, float in and out, default options, times faster than ONNX Runtime float", Group.OrtFloat, Group.LatchDefault, None),
        new(CellKind.Lstm, "LSTM, 100 steps in one call, times faster than ONNX Runtime float", Group.OrtFloatSequence, Group.LatchSequence, Four(2.8, 3, 3, 3.3)),
        new(CellKind.Lstm, "LSTM, 100 steps in one call, times faster than ONNX Runtime int8", Group.OrtInt8Sequence, Group.LatchSequence, Four(4, 2.2, 1.6, 1.2)),
        new(CellKind.Gru, "GRU, 100 steps in one call, times faster than ONNX Runtime float", Group.OrtFloatSequence, Group.LatchSequence, None),
        new(CellKind.Lstm, "LSTM streaming, float in and out, share of the weight-read bound", Group.WeightRead, Group.LatchFloat, Two(0.68, 0.90)),
        new(CellKind.Gru, "GRU streaming, float in and out, share of the weight-read bound", Group.WeightRead, Group.LatchFloat, None),
    ];

    private static Dictionary<LayerSize, double> None => [];

    /// <summary>Part of the ratios that a kernel has to reach.</summary>
    public static double Share(string kernel) => kernel.Equals("avx2", StringComparison.OrdinalIgnoreCase) ? Avx2Share : 1;

    /// <summary>True when a bar for the error is set at this size.</summary>
    public static bool HasRms(LayerSize size) => Four(0, 0, 0, 0).ContainsKey(size);

    private static Dictionary<LayerSize, double> Two(double third, double fourth) => new() { [new(64, 128)] = third, [new(257, 512)] = fourth };

    private static Dictionary<LayerSize, double> Four(double first, double second, double third, double fourth) =>
        new() { [new(8, 16)] = first, [new(32, 64)] = second, [new(64, 128)] = third, [new(257, 512)] = fourth };
}
