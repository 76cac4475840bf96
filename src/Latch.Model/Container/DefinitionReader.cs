using System.Text.Json;
using static Latch.Model.Container.DefinitionValues;

namespace Latch.Model.Container;

/// <summary>
/// Reads the definition's JSON: every member is there once, none is unknown, each has its type; what they say is for the rules to judge. By hand, because
/// a serializer sets up more than a whole model takes to read, and a program that only reads models is then without one.
/// </summary>
internal static class DefinitionReader
{
    private const int MaxDepth = 16;

    /// <returns>The document; null when that is what the JSON says.</returns>
    /// <exception cref="JsonException">It is not the JSON of a definition.</exception>
    /// <exception cref="InvalidOperationException">A text is not valid UTF-8 or UTF-16.</exception>
    internal static DefinitionDocument? Read(ReadOnlySpan<byte> text)
    {
        Utf8JsonReader json = new(text, new JsonReaderOptions { MaxDepth = MaxDepth });
        json.Read();
        DefinitionDocument? document = json.TokenType == JsonTokenType.Null ? null : Document(ref json);
        // Throws for anything but white space.
        json.Read();
        return document;
    }

    private static DefinitionDocument Document(ref Utf8JsonReader json)
    {
        JsonMembers members = new(json);
        DefinitionDocument document = new()
        {
            Name = members.Text("name"u8),
            Channels = List(ref members.Find("channels"u8), Channel),
            SampleRateHz = members.Number("sampleRateHz"u8),
            Layers = List(ref members.Find("layers"u8), Layer),
            Step = PlanOrNull(ref members.Find("step"u8)),
            Sequence = PlanOrNull(ref members.Find("sequence"u8)),
            NotStreamable = members.TextOrNull("notStreamable"u8),
            Provenance = Provenance(ref members.Find("provenance"u8)),
        };
        json = members.Close();
        return document;
    }

    // Elements of a list may be null here: a rule of their own refuses them.
    private static Channel Channel(ref Utf8JsonReader json)
    {
        if (json.TokenType == JsonTokenType.Null)
            return null!;
        JsonMembers members = new(json);
        Channel channel = new(
            members.Text("name"u8),
            members.Text("unit"u8),
            (ChannelTransform)members.Choice("transform"u8, nameof(ChannelTransform.None), nameof(ChannelTransform.Log1p)),
            members.Number("mean"u8),
            members.Number("deviation"u8),
            members.NumberOrNull("limit"u8));
        json = members.Close();
        return channel;
    }

    private static RecurrentLayer Layer(ref Utf8JsonReader json)
    {
        if (json.TokenType == JsonTokenType.Null)
            return null!;
        JsonMembers members = new(json);
        RecurrentLayer layer = new()
        {
            Name = members.Text("name"u8),
            Kind = (CellKind)members.Choice("kind"u8, nameof(CellKind.Lstm), nameof(CellKind.Gru), nameof(CellKind.Rnn)),
            Reverse = members.Flag("reverse"u8),
            InputSize = members.Integer("inputSize"u8),
            HiddenSize = members.Integer("hiddenSize"u8),
            Input = Quantization(ref members.Find("input"u8)),
            Hidden = Quantization(ref members.Find("hidden"u8)),
            HiddenRescale = Rescale(ref members.Find("hiddenRescale"u8)),
            InputWeights = members.Text("inputWeights"u8),
            RecurrentWeights = members.Text("recurrentWeights"u8),
            Bias = members.Text("bias"u8),
            RecurrentBias = members.TextOrNull("recurrentBias"u8),
            BiasFractionBits = members.Integer("biasFractionBits"u8),
            InputMultipliers = members.Text("inputMultipliers"u8),
            RecurrentMultipliers = members.Text("recurrentMultipliers"u8),
            Shift = members.Integer("shift"u8),
            Peepholes = members.TextOrNull("peepholes"u8),
            PreActivationLimits = Integers(ref members.Find("preActivationLimits"u8)),
            GateActivation = Activation(ref members.Find("gateActivation"u8)),
            CandidateActivation = Activation(ref members.Find("candidateActivation"u8)),
            OutputActivation = Activation(ref members.Find("outputActivation"u8)),
            CellFractionBits = members.Integer("cellFractionBits"u8),
            CellRange = members.Number("cellRange"u8),
            InputForget = members.Flag("inputForget"u8),
            LinearBeforeReset = members.Flag("linearBeforeReset"u8),
            ResetHidden = QuantizationOrNull(ref members.Find("resetHidden"u8)),
            ResetHiddenRescale = Rescale(ref members.Find("resetHiddenRescale"u8)),
        };
        json = members.Close();
        return layer;
    }

    private static Plan? PlanOrNull(ref Utf8JsonReader json)
    {
        if (json.TokenType == JsonTokenType.Null)
            return null;
        JsonMembers members = new(json);
        Plan plan = new()
        {
            Steps = members.Integer("steps"u8),
            Tensors = List(ref members.Find("tensors"u8), Tensor),
            ConstantTensors = Names(ref members.Find("constantTensors"u8)),
            Inputs = List(ref members.Find("inputs"u8), Port),
            Outputs = List(ref members.Find("outputs"u8), Port),
            Operations = List(ref members.Find("operations"u8), OperationReader.Read),
            States = members.Has("states"u8) ? List(ref members.Find("states"u8), State) : [],
        };
        json = members.Close();
        return plan;
    }

    private static ActivationTensor Tensor(ref Utf8JsonReader json)
    {
        if (json.TokenType == JsonTokenType.Null)
            return null!;
        JsonMembers members = new(json);
        ActivationTensor tensor = new(members.Text("name"u8), Integers(ref members.Find("shape"u8)), Quantization(ref members.Find("quantization"u8)));
        json = members.Close();
        return tensor;
    }

    private static PlanState State(ref Utf8JsonReader json)
    {
        if (json.TokenType == JsonTokenType.Null)
            return null!;
        JsonMembers members = new(json);
        PlanState state = new(members.Text("name"u8), members.Integer("input"u8), members.Integer("output"u8));
        json = members.Close();
        return state;
    }

    private static PlanPort Port(ref Utf8JsonReader json)
    {
        if (json.TokenType == JsonTokenType.Null)
            return null!;
        JsonMembers members = new(json);
        PlanPort port = new(members.Text("name"u8), members.Integer("tensor"u8));
        json = members.Close();
        return port;
    }

    private static Provenance Provenance(ref Utf8JsonReader json)
    {
        JsonMembers members = new(json);
        Provenance provenance = new()
        {
            ToolVersion = members.Text("toolVersion"u8),
            SourceFile = members.Text("sourceFile"u8),
            SourceSha256 = members.Text("sourceSha256"u8),
            SourceBytes = members.LongInteger("sourceBytes"u8),
            CalibrationSha256 = members.Text("calibrationSha256"u8),
            Method = members.Text("method"u8),
            Figures = Numbers(ref members.Find("figures"u8)),
            Reasons = members.Has("reasons"u8) ? TextsOrNull(ref members.Find("reasons"u8)) : null,
        };
        json = members.Close();
        return provenance;
    }
}
