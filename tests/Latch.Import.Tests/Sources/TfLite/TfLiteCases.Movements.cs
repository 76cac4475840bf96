namespace Latch.Import.Tests.Sources.TfLite;

internal static partial class TfLiteCases
{
    private static void AddMovements(Dictionary<string, (int Runs, Action<TfLiteWriter> Write)> cases)
    {
        One(cases, "RESHAPE", writer => writer.Output(writer.Add("RESHAPE", [writer.Input([2, 3, 4]), writer.Integers(-1, 8)], [3, 8], (0, (int[])[-1, 8]))));
        One(cases, "RESHAPE option", writer => writer.Output(writer.Add("RESHAPE", [writer.Input([2, 3, 4])], [4, 6], (0, (int[])[4, 6]))));
        One(cases, "RESHAPE computed", writer =>
        {
            int sample = writer.Input([2, 3, 4]);
            int shape = writer.AddWhole("SHAPE", [sample], [3], (0, (byte)2));
            int rows = writer.AddWhole("STRIDED_SLICE", [shape, writer.Integers(0), writer.Integers(1), writer.Integers(1)], [], (0, 0), (1, 0), (2, 0), (3, 0), (4, 1));
            int wanted = writer.AddWhole("PACK", [rows, writer.Scalar(-1)], [2], (0, 2), (1, 0));
            writer.Output(writer.Add("RESHAPE", [sample, wanted], [2, 12], (0, Array.Empty<int>())));
        });
        One(cases, "TRANSPOSE", writer => writer.Output(writer.Add("TRANSPOSE", [writer.Input([2, 3, 4]), writer.Integers(2, 0, 1)], [4, 2, 3])));
        One(cases, "SQUEEZE", writer => writer.Output(writer.Add("SQUEEZE", [writer.Input([1, 3, 1, 4])], [3, 1, 4], (0, (int[])[0]))));
        One(cases, "SQUEEZE all", writer => writer.Output(writer.Add("SQUEEZE", [writer.Input([1, 3, 1, 4])], [3, 4], (0, Array.Empty<int>()))));
        One(cases, "EXPAND_DIMS", writer => writer.Output(writer.Add("EXPAND_DIMS", [writer.Input([3, 4]), writer.Scalar(-2)], [3, 1, 4])));
        One(cases, "TILE", writer => writer.Output(writer.Add("TILE", [writer.Input([2, 3]), writer.Integers(2, 3)], [4, 9])));
        One(cases, "BROADCAST_TO", writer => writer.Output(writer.Add("BROADCAST_TO", [writer.Input([3, 1]), writer.Integers(2, 3, 4)], [2, 3, 4])));
        One(cases, "FILL", writer => writer.Output(writer.Add("ADD", [writer.Input([2, 3]), writer.Add("FILL", [writer.Integers(2, 3), writer.Floats([], 1.5f)], [2, 3])], [2, 3], (0, (byte)0))));
        One(cases, "CAST", writer => writer.Output(writer.Add("CAST", [writer.WholeInput(2, 3)], [2, 3], (0, (byte)2), (1, (byte)0))));
        One(cases, "DEQUANTIZE", writer =>
        {
            int weights = writer.Add("DEQUANTIZE", [writer.Halves([3, 4], [.. Enumerable.Range(0, 12).Select(i => 0.37f * i - 2)])], [3, 4]);
            writer.Output(writer.Add("FULLY_CONNECTED", [writer.Input([2, 4]), weights, writer.Floats([3], 1, 2, 3)], [2, 3], (0, (byte)0), (1, (byte)0), (2, false)));
        });
        AddJoins(cases);
        AddSlices(cases);
        One(cases, "PAD", writer => writer.Output(writer.Add("PAD", [writer.Input([2, 3]), writer.Integers([2, 2], [1, 0, 2, 1])], [3, 6])));
        One(cases, "PADV2", writer => writer.Output(writer.Add("PADV2", [writer.Input([2, 3]), writer.Integers([2, 2], [1, 0, 2, 1]), writer.Floats([], 0.5f)], [3, 6])));
        One(cases, "MIRROR_PAD", writer => writer.Output(writer.Add("MIRROR_PAD", [writer.Input([2, 4]), writer.Integers([2, 2], [0, 1, 3, 2])], [3, 9], (0, (byte)0))));
    }

    private static void AddJoins(Dictionary<string, (int Runs, Action<TfLiteWriter> Write)> cases)
    {
        One(cases, "CONCATENATION", writer => writer.Output(writer.Add("CONCATENATION", [writer.Input([2, 3]), writer.Input([2, 1]), writer.Floats([2, 1], 5, 6)], [2, 5], (0, -1), (1, (byte)0))));
        One(cases, "PACK", writer => writer.Output(writer.Add("PACK", [writer.Input([2, 3]), writer.Input([2, 3])], [2, 2, 3], (0, 2), (1, 1))));
        One(cases, "UNPACK", writer => writer.Output(writer.AddTo("UNPACK", [writer.Input([2, 3])], [writer.Tensor([2], 0, []), writer.Tensor([2], 0, []), writer.Tensor([2], 0, [])], (0, 3), (1, 1))));
        One(cases, "SPLIT", writer => writer.Output(writer.AddTo("SPLIT", [writer.Scalar(1), writer.Input([2, 6])], [writer.Tensor([2, 3], 0, []), writer.Tensor([2, 3], 0, [])], (0, 2))));
        One(cases, "SPLIT_V", writer => writer.Output(writer.AddTo(
            "SPLIT_V", [writer.Input([2, 6]), writer.Integers(1, -1, 2), writer.Scalar(1)], [writer.Tensor([2, 1], 0, []), writer.Tensor([2, 3], 0, []), writer.Tensor([2, 2], 0, [])], (0, 3))));
    }

    private static void AddSlices(Dictionary<string, (int Runs, Action<TfLiteWriter> Write)> cases)
    {
        One(cases, "SLICE", writer => writer.Output(writer.Add("SLICE", [writer.Input([3, 4]), writer.Integers(1, 0), writer.Integers(-1, 2)], [2, 2])));
        One(cases, "STRIDED_SLICE", writer => Strided(writer, [0, 1], [2, 4], [1, 2], [2, 2]));
        One(cases, "STRIDED_SLICE masks", writer => Strided(writer, [2, 1], [2, 1], [1, 1], [3, 1], begin: 1, end: 1 | 2));
        One(cases, "STRIDED_SLICE last", writer => Strided(writer, [0, -1], [3, 0], [1, 1], [3], begin: 1, end: 1, shrink: 2));
        One(cases, "STRIDED_SLICE backward", writer => Strided(writer, [0, 3], [3, 0], [1, -1], [3, 4], begin: 2, end: 2));
        One(cases, "STRIDED_SLICE row", writer => Strided(writer, [1], [2], [1], [4], shrink: 1));
        One(cases, "REVERSE_V2", writer => writer.Output(writer.Add("REVERSE_V2", [writer.Input([2, 3, 4]), writer.Integers(1)], [2, 3, 4])));
        One(cases, "GATHER", writer => writer.Output(writer.Add("GATHER", [writer.Input([3, 4]), writer.Integers([2, 2], [2, 0, 1, 1])], [3, 2, 2], (0, 1), (1, 0))));
        One(cases, "GATHER computed", writer => writer.Output(writer.Add("GATHER", [writer.Weights(new Random(4), 1, 3, 4), writer.WholeInput(5)], [5, 4], (0, 0), (1, 0))));
        One(cases, "GATHER_ND", writer => writer.Output(writer.Add("GATHER_ND", [writer.Input([3, 4]), writer.Integers([2, 2], [2, 0, 1, 3])], [2])));
        One(cases, "EMBEDDING_LOOKUP", writer => writer.Output(writer.Add("EMBEDDING_LOOKUP", [writer.WholeInput(5), writer.Weights(new Random(5), 1, 3, 4)], [5, 4])));
    }

    private static void Strided(TfLiteWriter writer, int[] begins, int[] ends, int[] strides, int[] shape, int begin = 0, int end = 0, int shrink = 0) => writer.Output(writer.Add(
        "STRIDED_SLICE", [writer.Input([3, 4]), writer.Integers(begins), writer.Integers(ends), writer.Integers(strides)], shape, (0, begin), (1, end), (2, 0), (3, 0), (4, shrink)));
}
