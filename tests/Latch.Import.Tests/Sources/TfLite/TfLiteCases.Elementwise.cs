namespace Latch.Import.Tests.Sources.TfLite;

internal static partial class TfLiteCases
{
    private static string[] Unary =>
    [
        "LOGISTIC", "TANH", "RELU", "RELU6", "RELU_N1_TO_1", "RELU_0_TO_1", "ELU", "HARD_SWISH", "EXP", "ABS", "NEG", "SQUARE", "LOG_SOFTMAX", "L2_NORMALIZATION", "ZEROS_LIKE",
    ];

    private static void AddElementwise(Dictionary<string, (int Runs, Action<TfLiteWriter> Write)> cases)
    {
        foreach (string name in Unary)
            One(cases, name, writer => writer.Output(writer.Add(name, [Wide(writer, 2, 3, 4)], [2, 3, 4])));
        foreach (string name in (string[])["LOG", "SQRT", "RSQRT"])
            One(cases, name, writer => writer.Output(writer.Add(name, [Positive(writer, 2, 5)], [2, 5])));
        foreach (bool approximate in (bool[])[false, true])
            One(cases, approximate ? "GELU approximate" : "GELU", writer => writer.Output(writer.Add("GELU", [Wide(writer, 2, 5)], [2, 5], (0, approximate))));
        One(cases, "LEAKY_RELU", writer => writer.Output(writer.Add("LEAKY_RELU", [writer.Input([2, 5])], [2, 5], (0, 0.3f))));
        One(cases, "PRELU", writer => writer.Output(writer.Add("PRELU", [writer.Input([2, 3, 4]), writer.Weights(new Random(1), 0.5f, 1, 4)], [2, 3, 4])));
        One(cases, "SOFTMAX", writer => writer.Output(writer.Add("SOFTMAX", [writer.Input([2, 3, 4])], [2, 3, 4], (0, 1f))));
        One(cases, "SOFTMAX beta", writer => writer.Output(writer.Add("SOFTMAX", [writer.Input([2, 5])], [2, 5], (0, 2.5f))));
        foreach (string name in (string[])["ADD", "SUB", "MUL", "DIV"])
        {
            for (byte activation = 0; activation <= 3; activation++)
            {
                byte fused = activation;
                One(cases, $"{name} fused {fused}", writer => writer.Output(writer.Add(name, [Wide(writer, 2, 3, 4), Positive(writer, 3, 1)], [2, 3, 4], (0, fused))));
            }
        }
        foreach (string name in (string[])["MAXIMUM", "MINIMUM", "SQUARED_DIFFERENCE"])
            One(cases, name, writer => writer.Output(writer.Add(name, [writer.Input([2, 3, 4]), writer.Input([4])], [2, 3, 4])));
        One(cases, "POW", writer => writer.Output(writer.Add("POW", [Positive(writer, 2, 3), writer.Floats([], 3f)], [2, 3])));
        One(cases, "ADD_N", writer => writer.Output(writer.Add("ADD_N", [writer.Input([2, 3]), writer.Input([2, 3]), writer.Input([2, 3])], [2, 3])));
        AddReductions(cases);
        AddChoices(cases);
    }

    private static void AddReductions(Dictionary<string, (int Runs, Action<TfLiteWriter> Write)> cases)
    {
        foreach (string name in (string[])["MEAN", "SUM", "REDUCE_MAX", "REDUCE_MIN", "REDUCE_PROD"])
        {
            One(cases, $"{name} keep", writer => writer.Output(writer.Add(name, [writer.Input([2, 3, 4]), writer.Integers(1)], [2, 1, 4], (0, true))));
            One(cases, $"{name} drop", writer => writer.Output(writer.Add(name, [writer.Input([2, 3, 4]), writer.Integers(-1, 0)], [3], (0, false))));
        }
        foreach (string name in (string[])["ARG_MAX", "ARG_MIN"])
            One(cases, name, writer => writer.Output(writer.AddWhole(name, [writer.Input([2, 3, 4]), writer.Integers(-1)], [2, 3], (0, (byte)2))));
    }

    private static void AddChoices(Dictionary<string, (int Runs, Action<TfLiteWriter> Write)> cases)
    {
        foreach (string name in (string[])["LESS", "LESS_EQUAL", "GREATER", "GREATER_EQUAL", "EQUAL", "NOT_EQUAL"])
        {
            One(cases, name, writer =>
            {
                int left = writer.WholeInput(2, 5);
                int right = writer.WholeInput(5);
                int truth = writer.AddTo(name, [left, right], [writer.Tensor([2, 5], 6, [])])[0];
                writer.Output(writer.Add("SELECT_V2", [truth, writer.Floats([], 2f), writer.Floats([], -1f)], [2, 5]));
            });
        }
        foreach (string name in (string[])["LOGICAL_AND", "LOGICAL_OR"])
        {
            One(cases, name, writer =>
            {
                int sample = writer.Input([2, 5]);
                int positive = writer.AddTo("GREATER", [sample, writer.Floats([], 0f)], [writer.Tensor([2, 5], 6, [])])[0];
                int small = writer.AddTo("LESS", [sample, writer.Floats([], 0.5f)], [writer.Tensor([2, 5], 6, [])])[0];
                int both = writer.AddTo(name, [positive, small], [writer.Tensor([2, 5], 6, [])])[0];
                int not = writer.AddTo("LOGICAL_NOT", [both], [writer.Tensor([2, 5], 6, [])])[0];
                writer.Output(writer.Add("SELECT", [not, sample, writer.Input([2, 5])], [2, 5]));
            });
        }
    }

    /// <summary>Values from -8 to 8.</summary>
    private static int Wide(TfLiteWriter writer, params int[] shape) => writer.Add("MUL", [writer.Input(shape), writer.Floats([], 8f)], shape, (0, (byte)0));

    /// <summary>Values from 0.5 to 1.5.</summary>
    private static int Positive(TfLiteWriter writer, params int[] shape) =>
        writer.Add("ADD", [writer.Add("MUL", [writer.Input(shape), writer.Floats([], 0.5f)], shape, (0, (byte)0)), writer.Floats([], 1f)], shape, (0, (byte)0));
}
