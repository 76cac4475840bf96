namespace Latch.Import.Sources.TfLite.Operators;

/// <summary>Padding: one pair of lengths (before, after) per axis there, all lengths before and then all after here.</summary>
internal static class PadTranslation
{
    private const byte Reflect = 0;

    public static void Pad(TfLiteCall call) => call.Write("Pad", [call.Input(0), Lengths(call)]);

    public static void PadWith(TfLiteCall call) => call.Write("Pad", [call.Input(0), Lengths(call), call.Input(2)]);

    public static void Mirror(TfLiteCall call)
    {
        if (call.Byte(0) != Reflect)
            throw call.Fail(ImportErrorCode.UnsupportedForm, "SYMMETRIC is not supported; use REFLECT", "mode");
        call.Write("Pad", [call.Input(0), Lengths(call)], ("mode", "reflect"));
    }

    private static string Lengths(TfLiteCall call)
    {
        int[] pairs = call.Integers(1, "paddings");
        if (pairs.Length != 2 * call.Rank(0))
            throw call.Fail(ImportErrorCode.ShapeMismatch, $"{pairs.Length} lengths do not pad {call.Rank(0)} axes", "paddings");
        return call.Constant("pads", [.. pairs.Where((_, at) => at % 2 == 0), .. pairs.Where((_, at) => at % 2 == 1)]);
    }
}
