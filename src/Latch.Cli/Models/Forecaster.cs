using Latch.Cli.Data;
using Latch.Import.Graph;
using Latch.Runtime;

namespace Latch.Cli.Models;

/// <summary>Runs models that forecast every channel one step ahead.</summary>
internal static class Forecaster
{
    /// <exception cref="CommandException">The model does not forecast its own channels step by step.</exception>
    public static void Check(LatchModel model, string path)
    {
        if (!model.CanStep)
            throw CommandException.BadInput($"{path}: the model cannot be run step by step: {model.NotStreamableReason}. Watch needs a causal forecaster.");
        if (model.OutputSize != model.InputSize)
            throw CommandException.BadInput($"{path}: the model takes {model.InputSize} readings and yields {model.OutputSize} values. "
                + "Watch needs a forecaster: one value per channel, for the next step.");
    }

    /// <summary>Forecasts by the integer model.</summary>
    /// <param name="rows">Raw readings.</param>
    /// <param name="probe">Sees every step.</param>
    /// <returns>Row by row the normalised forecast of that very row, made one step before; NaN for the first.</returns>
    public static float[] ByIntegers<TProbe>(LatchModel model, IReadOnlyList<float[]> rows, ref TProbe probe, CancellationToken cancellation)
        where TProbe : struct, IGateProbe
    {
        int width = model.OutputSize;
        float[] forecasts = new float[rows.Count * width];
        forecasts.AsSpan(0, width).Fill(float.NaN);
        float[] last = new float[width];
        Session session = model.CreateSession();
        for (int row = 0; row < rows.Count; row++)
        {
            cancellation.ThrowIfCancellationRequested();
            Span<float> result = row + 1 < rows.Count ? forecasts.AsSpan((row + 1) * width, width) : last;
            session.Step(rows[row], result, ref probe);
        }

        return forecasts;
    }

    /// <summary>Forecasts by the float model in ONNX Runtime, laid out as by <see cref="ByIntegers"/>.</summary>
    /// <param name="path">The ONNX file; its time axis is open.</param>
    /// <param name="rows">Normalised rows without gaps.</param>
    public static float[] ByFloat(string path, IReadOnlyList<float[]> rows)
    {
        FloatModel shapes = ModelFile.OpenOnnx(path, rows.Count);
        using OnnxRuntimeModel model = new(path, shapes);
        int width = rows[0].Length;
        float[] results = model.Run(RowWindows.Flatten(rows, [width], 0, rows.Count));
        float[] forecasts = new float[results.Length];
        forecasts.AsSpan(0, width).Fill(float.NaN);
        results.AsSpan(0, results.Length - width).CopyTo(forecasts.AsSpan(width));
        return forecasts;
    }
}
