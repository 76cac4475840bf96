using Latch.Anomaly;
using Latch.Cli.Models;
using Latch.Quantize.Calibration;
using Latch.Quantize.Report;
using Latch.Runtime;

namespace Latch.Cli.Demo;

/// <summary>One model of the demo, before and after.</summary>
/// <param name="Name">LSTM or GRU.</param>
/// <param name="LatchPath">The file written.</param>
/// <param name="FloatBytes">Bytes of the float weights.</param>
/// <param name="LatchBytes">Bytes of the integer model's file.</param>
/// <param name="Error">int8 against float over all forecasts, in normalised units.</param>
/// <param name="Forecasts">Both forecasts, row by row, in normalised units.</param>
/// <param name="Integer">Alarms by int8 forecasts.</param>
/// <param name="Float">Alarms by float forecasts.</param>
/// <param name="Inner">Tensors, gates and states against the float reference.</param>
/// <param name="Layers">What the gates did over the test recording.</param>
/// <param name="MicrosecondsPerStep">Time of one integer step on this machine, without a probe.</param>
internal sealed record DemoModel(
    string Name, string LatchPath, long FloatBytes, long LatchBytes, OutputError Error, OutputComparison Forecasts,
    Detection Integer, Detection Float, Comparison Inner, IReadOnlyList<LayerWatch> Layers, double MicrosecondsPerStep)
{
    public static DemoModel Run(DemoInputs inputs, string name, string onnxPath, string latchPath, CancellationToken cancellation)
    {
        using LatchModel model = ModelFile.OpenLatch(latchPath);
        Forecaster.Check(model, latchPath);
        NoGateProbe none = default;
        GateWatch gates = new(model, inputs.Test.Rows.Count);
        var probe = gates.Probe;
        long start = System.Diagnostics.Stopwatch.GetTimestamp();
        float[] trainInteger = Forecaster.ByIntegers(model, inputs.Train.Rows, ref none, cancellation);
        double seconds = System.Diagnostics.Stopwatch.GetElapsedTime(start).TotalSeconds;
        float[] testInteger = Forecaster.ByIntegers(model, inputs.Test.Rows, ref probe, cancellation);
        cancellation.ThrowIfCancellationRequested();
        float[] trainFloat = Forecaster.ByFloat(onnxPath, inputs.Normaliser.Apply(inputs.Train.Rows));
        float[] testFloat = Forecaster.ByFloat(onnxPath, inputs.Normaliser.Apply(inputs.Test.Rows));
        int width = inputs.Channels.Count;
        OutputComparison forecasts = new([new PortInfo("forecast", [width], 0)], Rows(testInteger, width), Rows(testFloat, width));
        return new DemoModel(
            name, latchPath, ModelFile.OpenOnnx(onnxPath, 1).FloatBytes, new FileInfo(latchPath).Length, forecasts.Errors()[0], forecasts,
            Detection.Run(inputs, trainInteger, testInteger), Detection.Run(inputs, trainFloat, testFloat), Compare(inputs, onnxPath, model, cancellation), gates.Layers, 1e6 * seconds / inputs.Train.Rows.Count);
    }

    private static Comparison Compare(DemoInputs inputs, string onnxPath, LatchModel model, CancellationToken cancellation) => ModelComparison.Compare(
        ModelFile.OpenOnnx(onnxPath, 1), model.Definition, CalibrationData.FromStream(inputs.Normaliser.Apply(inputs.Test.Rows)), cancellation: cancellation);

    /// <summary>Row by row without the first, for which there is no forecast.</summary>
    private static float[][] Rows(float[] forecasts, int width) => [.. forecasts.Skip(width).Chunk(width)];
}
