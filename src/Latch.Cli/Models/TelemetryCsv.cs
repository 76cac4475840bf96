using System.Globalization;
using Latch.Runtime;

namespace Latch.Cli.Models;

/// <summary>Writes what every gate did in every step: one line per step, layer and quantity.</summary>
internal readonly struct TelemetryCsv : IGateProbe
{
    private const double GateOne = 1 << 24;

    private readonly TextWriter _writer;

    public TelemetryCsv(TextWriter writer)
    {
        _writer = writer;
        writer.WriteLine("step,layer,quantity,mean,min,max,below_0.1,above_0.9,saturated");
    }

    public void OnStep(in GateFrame frame)
    {
        IReadOnlyList<Gate> gates = GateOrder.Of(frame.Definition.Kind);
        for (int gate = 0; gate < gates.Count; gate++)
            Write(frame, $"{gates[gate].ToString().ToLowerInvariant()} gate", frame.Gate(gates[gate]), GateOne, frame.GateSaturations[gate]);
        if (frame.Cell.Length > 0)
            Write(frame, "c", frame.Cell, Math.ScaleB(1, frame.CellFractionBits), frame.CellSaturations);
        Write(frame, "h", frame.Hidden, GateOne, frame.HiddenSaturations);
    }

    private void Write(in GateFrame frame, string quantity, ReadOnlySpan<int> values, double one, int saturated)
    {
        double sum = 0, low = double.PositiveInfinity, high = double.NegativeInfinity;
        int below = 0, above = 0;
        foreach (int value in values)
        {
            double real = value / one;
            sum += real;
            (low, high) = (Math.Min(low, real), Math.Max(high, real));
            below += real < 0.1 ? 1 : 0;
            above += real > 0.9 ? 1 : 0;
        }

        double count = values.Length;
        _writer.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{frame.Step},{frame.Layer},{quantity},{sum / count:0.######},{low:0.######},{high:0.######},{below / count:0.####},{above / count:0.####},{saturated}"));
    }
}
