namespace Latch.Import.Sources.TfLite.Operators;

/// <summary>Activations as operators of their own.</summary>
internal static class ActivationTranslation
{
    public static void Logistic(TfLiteCall call) => call.Write("Sigmoid", [call.Input(0)]);

    public static void Tanh(TfLiteCall call) => call.Write("Tanh", [call.Input(0)]);

    public static void Relu(TfLiteCall call) => call.Write("Relu", [call.Input(0)]);

    public static void Relu6(TfLiteCall call) => call.Write("Clip", FusedActivation.Bounds(call, call.Input(0), 0, 6));

    public static void ReluN1To1(TfLiteCall call) => call.Write("Clip", FusedActivation.Bounds(call, call.Input(0), -1, 1));

    public static void Relu0To1(TfLiteCall call) => call.Write("Clip", FusedActivation.Bounds(call, call.Input(0), 0, 1));

    public static void LeakyRelu(TfLiteCall call) => call.Write("LeakyRelu", [call.Input(0)], ("alpha", call.Float(0, "alpha")));

    public static void PRelu(TfLiteCall call) => call.Write("PRelu", [call.Input(0), call.Input(1)]);

    public static void Elu(TfLiteCall call) => call.Write("Elu", [call.Input(0)], ("alpha", 1f));

    public static void Gelu(TfLiteCall call) => call.Write("Gelu", [call.Input(0)], ("approximate", call.Bool(0) ? "tanh" : "none"));

    public static void HardSwish(TfLiteCall call) => call.Write("HardSwish", [call.Input(0)]);
}
