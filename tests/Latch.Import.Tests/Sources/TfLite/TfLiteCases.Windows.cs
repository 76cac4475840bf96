namespace Latch.Import.Tests.Sources.TfLite;

internal static partial class TfLiteCases
{
    private const byte Same = 0;
    private const byte Valid = 1;

    private static void AddWindows(Dictionary<string, (int Runs, Action<TfLiteWriter> Write)> cases)
    {
        One(cases, "CONV_2D valid", writer => Conv(writer, [1, 6, 5, 3], [4, 3, 2, 3], [1, 4, 4, 4], Valid));
        One(cases, "CONV_2D same", writer => Conv(writer, [1, 6, 5, 3], [4, 2, 4, 3], [1, 6, 5, 4], Same, fused: 1));
        One(cases, "CONV_2D same stride", writer => Conv(writer, [1, 7, 6, 3], [4, 3, 3, 3], [1, 4, 2, 4], Same, height: 2, width: 3, fused: 3));
        One(cases, "CONV_2D dilated", writer => Conv(writer, [1, 9, 8, 2], [3, 2, 3, 2], [1, 9, 8, 3], Same, dilatedHeight: 3, dilatedWidth: 2));
        One(cases, "CONV_2D along time", writer => Conv(writer, [1, 1, 9, 3], [4, 1, 3, 3], [1, 1, 4, 4], Valid, width: 2));
        One(cases, "DEPTHWISE_CONV_2D", writer => Depthwise(writer, [1, 6, 5, 3], 1, [1, 6, 5, 3], Same));
        One(cases, "DEPTHWISE_CONV_2D multiplier", writer => Depthwise(writer, [1, 6, 5, 3], 2, [1, 4, 3, 6], Valid));
        One(cases, "TRANSPOSE_CONV same", writer => TransposeConv(writer, [1, 3, 4, 2], [1, 6, 8, 3], Same, 2, 2));
        One(cases, "TRANSPOSE_CONV valid", writer => TransposeConv(writer, [1, 3, 4, 2], [1, 7, 6, 3], Valid, 2, 1));
        foreach (string name in (string[])["AVERAGE_POOL_2D", "MAX_POOL_2D"])
        {
            One(cases, $"{name} same", writer => Pool(writer, name, [1, 5, 6, 2], [1, 3, 3, 2], Same));
            One(cases, $"{name} valid", writer => Pool(writer, name, [1, 5, 6, 2], [1, 2, 2, 2], Valid));
        }
        One(cases, "DEPTH_TO_SPACE", writer => writer.Output(writer.Add("DEPTH_TO_SPACE", [writer.Input([1, 2, 3, 8])], [1, 4, 6, 2], (0, 2))));
        One(cases, "SPACE_TO_DEPTH", writer => writer.Output(writer.Add("SPACE_TO_DEPTH", [writer.Input([1, 4, 6, 2])], [1, 2, 3, 8], (0, 2))));
        One(cases, "convolutions in a row", writer =>
        {
            Random random = new(21);
            int image = writer.Add("RESHAPE", [writer.Input([1, 8, 3]), writer.Integers(1, 1, 8, 3)], [1, 1, 8, 3], (0, Array.Empty<int>()));
            int first = writer.Add("CONV_2D", [image, writer.Weights(random, 0.5f, 4, 1, 3, 3), writer.Weights(random, 0.5f, 4)], [1, 1, 8, 4], ConvOptions(Same, 1, 1, 1, 1, 1));
            int second = writer.Add("CONV_2D", [first, writer.Weights(random, 0.5f, 2, 1, 3, 4), writer.Weights(random, 0.5f, 2)], [1, 1, 6, 2], ConvOptions(Valid, 1, 1, 1, 1, 2));
            writer.Output(writer.Add("RESHAPE", [second, writer.Integers(1, 6, 2)], [1, 6, 2], (0, Array.Empty<int>())));
        });
    }

    private static void Conv(
        TfLiteWriter writer, int[] input, int[] filter, int[] output, byte padding, int height = 1, int width = 1, int dilatedHeight = 1, int dilatedWidth = 1, byte fused = 0)
    {
        Random random = new(7);
        int[] inputs = [writer.Input(input), writer.Weights(random, 0.5f, filter), writer.Weights(random, 0.5f, filter[0])];
        writer.Output(writer.Add("CONV_2D", inputs, output, ConvOptions(padding, height, width, dilatedHeight, dilatedWidth, fused)));
    }

    private static (int, object)[] ConvOptions(byte padding, int height, int width, int dilatedHeight, int dilatedWidth, byte fused) =>
        [(0, padding), (1, width), (2, height), (3, fused), (4, dilatedWidth), (5, dilatedHeight)];

    private static void Depthwise(TfLiteWriter writer, int[] input, int multiplier, int[] output, byte padding)
    {
        Random random = new(8);
        int channels = input[3] * multiplier;
        int[] inputs = [writer.Input(input), writer.Weights(random, 0.5f, 1, 3, 3, channels), writer.Weights(random, 0.5f, channels)];
        writer.Output(writer.Add("DEPTHWISE_CONV_2D", inputs, output, (0, padding), (1, 1), (2, 1), (3, multiplier), (4, (byte)2), (5, 1), (6, 1)));
    }

    private static void TransposeConv(TfLiteWriter writer, int[] input, int[] output, byte padding, int height, int width)
    {
        int[] inputs = [writer.Integers(output), writer.Weights(new Random(9), 0.5f, output[3], 3, 3, input[3]), writer.Input(input)];
        writer.Output(writer.Add("TRANSPOSE_CONV", inputs, output, (0, padding), (1, width), (2, height)));
    }

    private static void Pool(TfLiteWriter writer, string name, int[] input, int[] output, byte padding) =>
        writer.Output(writer.Add(name, [writer.Input(input)], output, (0, padding), (1, 2), (2, 2), (3, 3), (4, 2), (5, (byte)0)));
}
