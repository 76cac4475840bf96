using Latch.Cli.Data;
using Latch.Import.Graph;
using Latch.Runtime;

namespace Latch.Cli.Models;

/// <summary>Runs a quantized model over normalised or raw rows.</summary>
internal static class IntegerRun
{
    /// <summary>Values per time step of each input.</summary>
    public static IReadOnlyList<int> Widths(LatchModel model, string path) => model.CanStep
        ? [.. model.Inputs.Select(input => input.Count)]
        : ModelFile.Widths(model.WindowInputs.Select(input => (input.Name, input.Count)), model.Steps, path);

    /// <summary>Names of a result's values: the output's name, with an index where it has several.</summary>
    public static IReadOnlyList<string> ResultNames(IReadOnlyList<PortInfo> outputs) =>
        [.. outputs.SelectMany(output => output.Count == 1 ? [output.Name] : Enumerable.Range(0, output.Count).Select(at => $"{output.Name}.{at}"))];

    /// <summary>Runs one stream row by row.</summary>
    /// <returns>One result per row.</returns>
    public static float[][] Stream<TProbe>(LatchModel model, Session session, IReadOnlyList<float[]> rows, ref TProbe probe, CancellationToken cancellation)
        where TProbe : struct, IGateProbe
    {
        float[][] results = new float[rows.Count][];
        session.Reset();
        for (int row = 0; row < rows.Count; row++)
        {
            cancellation.ThrowIfCancellationRequested();
            session.Step(rows[row], results[row] = new float[model.OutputSize], ref probe);
        }

        return results;
    }
}
