namespace Latch.Import.Tests.Sources.TfLite;

internal static partial class TfLiteCases
{
    private const byte NoActivation = 0;
    private const byte Relu = 1;
    private const byte TanhActivation = 4;

    private static void AddRecurrent(Dictionary<string, (int Runs, Action<TfLiteWriter> Write)> cases)
    {
        One(cases, "UNIDIRECTIONAL_SEQUENCE_LSTM", writer => writer.Output(Lstm(writer, writer.Input([1, 6, 3]), new LstmForm())));
        One(cases, "UNIDIRECTIONAL_SEQUENCE_LSTM time major", writer => writer.Output(Lstm(writer, writer.Input([6, 1, 3]), new LstmForm { TimeMajor = true })));
        One(cases, "UNIDIRECTIONAL_SEQUENCE_LSTM peepholes", writer => writer.Output(Lstm(writer, writer.Input([1, 6, 3]), new LstmForm { Peepholes = true })));
        One(cases, "UNIDIRECTIONAL_SEQUENCE_LSTM coupled", writer => writer.Output(Lstm(writer, writer.Input([1, 6, 3]), new LstmForm { Coupled = true })));
        One(cases, "UNIDIRECTIONAL_SEQUENCE_LSTM coupled peepholes", writer => writer.Output(Lstm(writer, writer.Input([1, 6, 3]), new LstmForm { Coupled = true, Peepholes = true })));
        One(cases, "UNIDIRECTIONAL_SEQUENCE_LSTM projection", writer => writer.Output(Lstm(writer, writer.Input([1, 6, 3]), new LstmForm { Projection = 2 })));
        One(cases, "UNIDIRECTIONAL_SEQUENCE_LSTM relu", writer => writer.Output(Lstm(writer, writer.Input([1, 6, 3]), new LstmForm { Activation = Relu })));
        One(cases, "UNIDIRECTIONAL_SEQUENCE_LSTM clip of the converter", writer => writer.Output(Lstm(writer, writer.Input([1, 6, 3]), new LstmForm { CellClip = 10 })));
        cases.Add("UNIDIRECTIONAL_SEQUENCE_LSTM step by step", (5, writer => writer.Output(Lstm(writer, writer.Input([1, 1, 3]), new LstmForm()))));
        cases.Add("LSTM step by step", (5, writer => writer.Output(Lstm(writer, writer.Input([1, 3]), new LstmForm { Operator = "LSTM" }))));
        One(cases, "two layers and a head", writer =>
        {
            int first = Lstm(writer, writer.Input([1, 6, 3]), new LstmForm());
            int second = Lstm(writer, first, new LstmForm { Inputs = 4, Units = 5, CellClip = 10 });
            int last = writer.Add("STRIDED_SLICE", [second, writer.Integers(0, -1, 0), writer.Integers(0, 0, 0), writer.Integers(1, 1, 1)], [1, 5], (0, 5), (1, 5), (2, 0), (3, 0), (4, 2));
            Random random = new(12);
            int head = writer.Add("FULLY_CONNECTED", [last, writer.Weights(random, 1, 3, 5), writer.Weights(random, 1, 3)], [1, 3], (0, (byte)0), (1, (byte)0), (2, false));
            writer.Output(writer.Add("SOFTMAX", [head], [1, 3], (0, 1f)));
        });
        One(cases, "GRU written out", WrittenOutGru);
        foreach (bool merge in (bool[])[false, true])
        {
            One(cases, merge ? "BIDIRECTIONAL_SEQUENCE_LSTM merged" : "BIDIRECTIONAL_SEQUENCE_LSTM", writer => BidirectionalLstm(writer, merge));
            One(cases, merge ? "BIDIRECTIONAL_SEQUENCE_RNN merged" : "BIDIRECTIONAL_SEQUENCE_RNN", writer => BidirectionalRnn(writer, merge));
        }
        foreach (byte activation in (byte[])[NoActivation, Relu, TanhActivation])
            One(cases, $"UNIDIRECTIONAL_SEQUENCE_RNN activation {activation}", writer => Rnn(writer, "UNIDIRECTIONAL_SEQUENCE_RNN", [1, 6, 3], [1, 6, 4], (0, false), (1, activation)));
        One(cases, "UNIDIRECTIONAL_SEQUENCE_RNN time major", writer => Rnn(writer, "UNIDIRECTIONAL_SEQUENCE_RNN", [6, 1, 3], [6, 1, 4], (0, true), (1, TanhActivation)));
        cases.Add("UNIDIRECTIONAL_SEQUENCE_RNN step by step", (5, writer => Rnn(writer, "UNIDIRECTIONAL_SEQUENCE_RNN", [1, 1, 3], [1, 1, 4], (0, false), (1, TanhActivation))));
        cases.Add("RNN step by step", (5, writer => Rnn(writer, "RNN", [1, 3], [1, 4], (0, TanhActivation))));
    }

    /// <summary>Three steps of a GRU as converters write it without a loop: gates z, r, h, the reset behind the recurrent product.</summary>
    private static void WrittenOutGru(TfLiteWriter writer)
    {
        const int Units = 4;
        Random random = new(18);
        int[] weights = [writer.Weights(random, 0.8f, 3 * Units, 3), writer.Weights(random, 0.8f, 3 * Units)];
        int[] recurrent = [writer.Weights(random, 0.8f, 3 * Units, Units), writer.Weights(random, 0.8f, 3 * Units)];
        int[] steps = writer.AddTo("UNPACK", [writer.Input([1, 3, 3])], [writer.Tensor([1, 3], 0, []), writer.Tensor([1, 3], 0, []), writer.Tensor([1, 3], 0, [])], (0, 3), (1, 1));
        int one = writer.Floats([], 1f);
        int hidden = writer.Floats([1, Units], new float[Units]);
        foreach (int step in steps)
        {
            int[] x = Gates(writer, step, weights, Units), h = Gates(writer, hidden, recurrent, Units);
            int Two(string name, int left, int right) => writer.Add(name, [left, right], [1, Units], (0, (byte)0));
            int z = writer.Add("LOGISTIC", [Two("ADD", x[0], h[0])], [1, Units]);
            int r = writer.Add("LOGISTIC", [Two("ADD", x[1], h[1])], [1, Units]);
            int n = writer.Add("TANH", [Two("ADD", x[2], Two("MUL", r, h[2]))], [1, Units]);
            hidden = Two("ADD", Two("MUL", z, hidden), Two("MUL", Two("SUB", one, z), n));
        }
        writer.Output(hidden);
    }

    private static int[] Gates(TfLiteWriter writer, int input, int[] weights, int units)
    {
        int all = writer.Add("FULLY_CONNECTED", [input, .. weights], [1, 3 * units], (0, (byte)0), (1, (byte)0), (2, false));
        return writer.AddTo("SPLIT", [writer.Scalar(-1), all], [writer.Tensor([1, units], 0, []), writer.Tensor([1, units], 0, []), writer.Tensor([1, units], 0, [])], (0, 3));
    }

    /// <summary>What forms an LSTM layer comes in.</summary>
    internal sealed record LstmForm
    {
        public string Operator { get; init; } = "UNIDIRECTIONAL_SEQUENCE_LSTM";

        public int Inputs { get; init; } = 3;

        public int Units { get; init; } = 4;

        /// <summary>Outputs of a projection; 0 for none.</summary>
        public int Projection { get; init; }

        public bool TimeMajor { get; init; }

        public bool Peepholes { get; init; }

        /// <summary>Whether the input gate is 1 - forget gate.</summary>
        public bool Coupled { get; init; }

        public byte Activation { get; init; } = TanhActivation;

        public float CellClip { get; init; }

        public float ProjectionClip { get; init; }

        public bool ProjectionBias { get; init; }

        /// <summary>Whether the file has coefficients of a layer normalization.</summary>
        public bool Normalized { get; init; }

        /// <summary>Whether the recurrent weights of the cell gate have a column too few.</summary>
        public bool WrongWeights { get; init; }

        public int Outputs => Projection > 0 ? Projection : Units;
    }

    internal static int Lstm(TfLiteWriter writer, int input, LstmForm form)
    {
        bool step = form.Operator == "LSTM";
        int[] shape = step ? [1, form.Outputs] : form.TimeMajor ? [6, 1, form.Outputs] : [1, 6, form.Outputs];
        int[] inputs = [input, .. Direction(writer, new Random(11), form), writer.Variable(1, form.Outputs), writer.Variable(1, form.Units), -1, -1, -1, form.Normalized ? writer.Weights(new Random(1), 1, form.Units) : -1];
        return writer.Add(form.Operator, inputs, shape, (0, form.Activation), (1, form.CellClip), (2, form.ProjectionClip), (3, step ? (byte)0 : form.TimeMajor));
    }

    /// <summary>The 17 weights of one direction; -1 for those that the form has not.</summary>
    private static int[] Direction(TfLiteWriter writer, Random random, LstmForm form)
    {
        int Gate(int gate, params int[] shape) => gate == 0 && form.Coupled ? -1 : writer.Weights(random, 0.8f, shape);
        return
        [
            .. Enumerable.Range(0, 4).Select(gate => Gate(gate, form.Units, form.Inputs)),
            .. Enumerable.Range(0, 4).Select(gate => Gate(gate, form.Units, form.Outputs - (form.WrongWeights && gate == 2 ? 1 : 0))),
            .. Enumerable.Range(0, 3).Select(gate => form.Peepholes ? Gate(gate, form.Units) : -1),
            .. Enumerable.Range(0, 4).Select(gate => Gate(gate, form.Units)),
            form.Projection > 0 ? writer.Weights(random, 0.8f, form.Projection, form.Units) : -1,
            form.ProjectionBias ? writer.Weights(random, 0.8f, form.Projection) : -1,
        ];
    }

    private static void BidirectionalLstm(TfLiteWriter writer, bool merge)
    {
        LstmForm form = new();
        int[] inputs =
        [
            writer.Input([1, 6, 3]), .. Direction(writer, new Random(13), form), .. Direction(writer, new Random(14), form),
            writer.Variable(1, 4), writer.Variable(1, 4), writer.Variable(1, 4), writer.Variable(1, 4), .. Enumerable.Repeat(-1, 9),
        ];
        int[] outputs = merge ? [writer.Tensor([1, 6, 8], 0, [])] : [writer.Tensor([1, 6, 4], 0, []), writer.Tensor([1, 6, 4], 0, [])];
        writer.Output(writer.AddTo("BIDIRECTIONAL_SEQUENCE_LSTM", inputs, outputs, (0, TanhActivation), (1, 0f), (2, 0f), (3, merge), (4, false)));
    }

    private static void Rnn(TfLiteWriter writer, string name, int[] input, int[] output, params (int, object)[] options) =>
        writer.Output(writer.Add(name, [writer.Input(input), .. RnnWeights(writer, new Random(15))], output, options));

    private static int[] RnnWeights(TfLiteWriter writer, Random random) =>
        [writer.Weights(random, 0.8f, 4, 3), writer.Weights(random, 0.8f, 4, 4), writer.Weights(random, 0.8f, 4), writer.Variable(1, 4)];

    private static void BidirectionalRnn(TfLiteWriter writer, bool merge)
    {
        int[] inputs = [writer.Input([1, 6, 3]), .. RnnWeights(writer, new Random(16)), .. RnnWeights(writer, new Random(17)), -1, -1, -1];
        int[] outputs = merge ? [writer.Tensor([1, 6, 8], 0, [])] : [writer.Tensor([1, 6, 4], 0, []), writer.Tensor([1, 6, 4], 0, [])];
        writer.Output(writer.AddTo("BIDIRECTIONAL_SEQUENCE_RNN", inputs, outputs, (0, false), (1, TanhActivation), (2, merge)));
    }
}
