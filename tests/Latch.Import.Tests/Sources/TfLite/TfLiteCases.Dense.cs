namespace Latch.Import.Tests.Sources.TfLite;

internal static partial class TfLiteCases
{
    private static void AddDense(Dictionary<string, (int Runs, Action<TfLiteWriter> Write)> cases)
    {
        for (byte activation = 0; activation <= 3; activation++)
        {
            byte fused = activation;
            One(cases, $"FULLY_CONNECTED fused {fused}", writer => Dense(writer, [2, 4], [2, 3], fused));
        }
        One(cases, "FULLY_CONNECTED no bias", writer => Dense(writer, [2, 4], [2, 3], 0, bias: false));
        One(cases, "FULLY_CONNECTED flattened", writer => Dense(writer, [2, 3, 4], [2, 3], 0, columns: 12));
        One(cases, "FULLY_CONNECTED rows", writer => Dense(writer, [2, 3, 4], [6, 3], 1));
        One(cases, "FULLY_CONNECTED keeps axes", writer => Dense(writer, [2, 3, 4], [2, 3, 3], 3, keep: true));
        One(cases, "FULLY_CONNECTED keeps axes no bias", writer => Dense(writer, [2, 3, 4], [2, 3, 3], 0, keep: true, bias: false));
        One(cases, "BATCH_MATMUL", writer => writer.Output(writer.Add("BATCH_MATMUL", [writer.Input([2, 3, 4]), writer.Input([2, 4, 5])], [2, 3, 5], (0, false), (1, false))));
        One(cases, "BATCH_MATMUL adjoint", writer => writer.Output(writer.Add("BATCH_MATMUL", [writer.Input([2, 4, 3]), writer.Input([2, 5, 4])], [2, 3, 5], (0, true), (1, true))));
    }

    private static void Dense(TfLiteWriter writer, int[] input, int[] output, byte fused, bool bias = true, bool keep = false, int columns = 4)
    {
        Random random = new(3);
        List<int> inputs = [writer.Input(input), writer.Weights(random, 1, 3, columns)];
        inputs.Add(bias ? writer.Weights(random, 1, 3) : -1);
        writer.Output(writer.Add("FULLY_CONNECTED", [.. inputs], output, (0, fused), (1, (byte)0), (2, keep)));
    }
}
