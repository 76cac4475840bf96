using Latch.Import.Graph;

namespace Latch.Import.Operators;

/// <summary>The attributes that LSTM, GRU and RNN share, checked.</summary>
internal sealed class RecurrentAttributes
{
    /// <summary>
    /// The activations with the parameters they have when the file gives none: those that ONNX Runtime computes with.
    /// (The standard refers to operators that have no such default, or, for ThresholdedRelu, another one.)
    /// </summary>
    private static readonly Dictionary<string, RecurrentActivation> s_defaults = new(StringComparer.OrdinalIgnoreCase)
    {
        ["Sigmoid"] = new(ActivationKind.Sigmoid, 0, 0),
        ["Tanh"] = new(ActivationKind.Tanh, 0, 0),
        ["Relu"] = new(ActivationKind.Relu, 0, 0),
        ["Softsign"] = new(ActivationKind.Softsign, 0, 0),
        ["Softplus"] = new(ActivationKind.Softplus, 0, 0),
        ["LeakyRelu"] = new(ActivationKind.LeakyRelu, 0.01f, 0),
        ["ThresholdedRelu"] = new(ActivationKind.ThresholdedRelu, 0, 0),
        ["Elu"] = new(ActivationKind.Elu, 1, 0),
        ["HardSigmoid"] = new(ActivationKind.HardSigmoid, 0.2f, 0.5f),
        ["ScaledTanh"] = new(ActivationKind.ScaledTanh, 0, 0),
        ["Affine"] = new(ActivationKind.Affine, 0, 0),
    };

    private readonly OperatorCall _call;

    public RecurrentAttributes(OperatorCall call, CellKind cell)
    {
        _call = call;
        Directions = call.Attribute("direction", "forward") switch
        {
            "forward" => [false],
            "reverse" => [true],
            "bidirectional" => [false, true],
            string other => throw call.Fail(ImportErrorCode.UnsupportedForm, $"'{other}' is not a direction", "direction"),
        };
        BatchFirst = call.Opset >= 14 && call.Attribute("layout", 0L) switch
        {
            0 => false,
            1 => true,
            long other => throw call.Fail(ImportErrorCode.UnsupportedForm, $"{other} is neither 0 nor 1", "layout"),
        };
        HiddenSize = call.HasAttribute("hidden_size") ? call.Attribute("hidden_size", 0L) : null;
        Clip = call.HasAttribute("clip") ? CheckedClip(call.Attribute("clip", 0f)) : null;
        Activations = ReadActivations(cell);
    }

    /// <summary>For each direction, whether it is the reverse one.</summary>
    public bool[] Directions { get; }

    /// <summary>layout = 1: batch is the first axis.</summary>
    public bool BatchFirst { get; }

    public long? HiddenSize { get; }

    public float? Clip { get; }

    /// <summary>The activations of each direction.</summary>
    public RecurrentActivation[][] Activations { get; }

    private float CheckedClip(float clip) => clip > 0
        ? clip
        : throw _call.Fail(ImportErrorCode.UnsupportedForm, $"must be above 0, is {clip}", "clip");

    private RecurrentActivation[][] ReadActivations(CellKind cell)
    {
        string[] own = cell switch
        {
            CellKind.Lstm => ["Sigmoid", "Tanh", "Tanh"],
            CellKind.Gru => ["Sigmoid", "Tanh"],
            _ => ["Tanh"],
        };
        string[] names = _call.StringsAttribute("activations") ?? [.. Directions.SelectMany(_ => own)];
        if (names.Length != own.Length * Directions.Length)
        {
            throw _call.Fail(
                ImportErrorCode.UnsupportedForm, $"{own.Length * Directions.Length} names are needed, {names.Length} are given", "activations");
        }
        Queue<float> alphas = new(_call.FloatsAttribute("activation_alpha") ?? []);
        Queue<float> betas = new(_call.FloatsAttribute("activation_beta") ?? []);
        return [.. names.Select(name => Activation(name, alphas, betas)).Chunk(own.Length)];
    }

    /// <summary>Alphas and betas are consumed in order by those functions that have such a parameter.</summary>
    private RecurrentActivation Activation(string name, Queue<float> alphas, Queue<float> betas)
    {
        if (!s_defaults.TryGetValue(name, out RecurrentActivation? activation))
        {
            throw _call.Fail(
                ImportErrorCode.UnsupportedForm,
                $"'{name}' is not supported; supported are {string.Join(", ", s_defaults.Keys.Order())}",
                "activations");
        }
        bool usesBeta = activation.Kind is ActivationKind.HardSigmoid or ActivationKind.ScaledTanh or ActivationKind.Affine;
        bool usesAlpha = usesBeta
            || activation.Kind is ActivationKind.LeakyRelu or ActivationKind.ThresholdedRelu or ActivationKind.Elu;
        return activation with
        {
            Alpha = usesAlpha && alphas.TryDequeue(out float alpha) ? alpha : activation.Alpha,
            Beta = usesBeta && betas.TryDequeue(out float beta) ? beta : activation.Beta,
        };
    }
}
