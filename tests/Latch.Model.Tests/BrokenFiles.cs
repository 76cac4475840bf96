using System.Text.Json.Nodes;

namespace Latch.Model.Tests;

/// <summary>One broken file: what is wrong, the rule it breaks, how to break it.</summary>
internal sealed record BrokenFile(string Name, ModelFormatCode Code, Action<FileSurgeon> Break, Func<ModelDefinition> Model)
{
    internal BrokenFile(string name, ModelFormatCode code, Action<FileSurgeon> breaking)
        : this(name, code, breaking, ModelBuilder.Lstm)
    {
    }

    internal byte[] Make()
    {
        FileSurgeon surgeon = new(Model());
        Break(surgeon);
        return surgeon.Close();
    }
}

/// <summary>A broken file for every way FORMAT.md forbids. The good file has an LSTM of 3 inputs and 5 units over 4 steps and a dense layer.</summary>
internal static partial class BrokenFiles
{
    internal static IReadOnlyList<BrokenFile> All { get; } = [.. Container(), .. Tensors(), .. Definitions(), .. Numbers(), .. Layers(), .. Plans(), .. Operations(), .. WindowOperations(), .. ChoiceOperations(), .. States()];

    private static IEnumerable<BrokenFile> Container()
    {
        yield return new("empty file", ModelFormatCode.Truncated, static file => file.EditFile = static _ => []);
        yield return new("seven bytes", ModelFormatCode.Truncated, static file => file.EditFile = static bytes => bytes[..7]);
        yield return new("half a header", ModelFormatCode.Truncated, static file => file.EditFile = static bytes => bytes[..200]);
        yield return new("half the data", ModelFormatCode.Truncated, static file => file.EditFile = static bytes => bytes[..^100]);
        yield return new("header of 2^63 bytes", ModelFormatCode.TooLarge, static file => file.EditFile = static bytes => [0, 0, 0, 0, 0, 0, 0, 0x80, .. bytes[8..]]);
        yield return new("text", ModelFormatCode.NotLatch, static file => file.EditFile = static _ => [.. "hello, this is text"u8]);
        yield return new("header of 16 MiB and 1", ModelFormatCode.TooLarge, static file => file.EditFile = static bytes => [1, 0, 0, 1, 0, 0, 0, 0, .. bytes[8..]]);
        yield return new("header one byte shorter", ModelFormatCode.Alignment, static file => file.EditFile = static bytes => [(byte)(bytes[0] - 1), .. bytes[1..]]);
        yield return new("header begins with a space", ModelFormatCode.HeaderJson, static file => file.EditHeader = static text => " " + text);
        yield return new("header is an array", ModelFormatCode.HeaderJson, static file => file.EditHeader = static text => $"[{text}]");
        yield return new("header ends early", ModelFormatCode.HeaderJson, static file => file.EditHeader = static text => text[..^1]);
        yield return new("header and more", ModelFormatCode.HeaderJson, static file => file.EditHeader = static text => text + "{}");
        yield return new("header with invalid UTF-8", ModelFormatCode.HeaderJson, static file => file.EditFile = static bytes => Replace(bytes, "latch", [0xC3, 0x28, 0x61, 0x61, 0x61]));
        yield return new("header with half a surrogate", ModelFormatCode.HeaderJson, static file => file.EditHeader = static text => text.Replace("\"latch\"", "\"\\ud800\"", StringComparison.Ordinal));
        yield return new("deep header", ModelFormatCode.HeaderJson, static file => file.EditHeader = static _ => "{\"a\":{\"dtype\":" + new string('[', 1000));
        yield return new("metadata of numbers", ModelFormatCode.HeaderJson, static file => file.Metadata["version"] = 1);
        yield return new("tensor is a string", ModelFormatCode.HeaderJson, static file => file.Header["dense/5.W"] = "x");
        yield return new("no metadata", ModelFormatCode.NotLatch, static file => file.EditHeader = static _ => "{}");
        yield return new("metadata of another format", ModelFormatCode.NotLatch, static file => file.Metadata["format"] = "pt");
        yield return new("no format", ModelFormatCode.NotLatch, static file => file.Metadata.Remove("format"));
        yield return new("no version", ModelFormatCode.Version, static file => file.Metadata.Remove("version"));
        yield return new("version 2", ModelFormatCode.Version, static file => file.Metadata["version"] = "2");
        yield return new("no checksum", ModelFormatCode.HeaderKey, static file => file.Metadata.Remove("sha256"));
        yield return new("no definition", ModelFormatCode.HeaderKey, static file => file.Metadata.Remove("definition"));
        yield return new("one metadata key more", ModelFormatCode.HeaderKey, static file => file.Metadata["author"] = "me");
        yield return new("metadata key twice", ModelFormatCode.Duplicate, static file => file.EditHeader = static text => text.Replace("{\"format\"", "{\"format\":\"latch\",\"format\"", StringComparison.Ordinal));
        yield return new("one bit of data flipped", ModelFormatCode.Checksum, static file => (file.KeepChecksum, file.Data[3]) = (true, (byte)(file.Data[3] ^ 1)));
        yield return new("checksum of something else", ModelFormatCode.Checksum, static file => (file.KeepChecksum, file.Metadata["sha256"]) = (true, new string('0', 64)));
    }

    private static IEnumerable<BrokenFile> Tensors()
    {
        yield return new("tensor twice", ModelFormatCode.Duplicate, static file => file.EditHeader = static text => text[..^1] + "," + text[text.IndexOf("\"Lstm/1.R\"", StringComparison.Ordinal)..]);
        yield return new("tensor key twice", ModelFormatCode.Duplicate, static file => file.EditHeader = static text => text.Replace("{\"dtype\":\"I8\"", "{\"dtype\":\"I8\",\"dtype\":\"I8\"", StringComparison.Ordinal));
        yield return new("tensor key unknown", ModelFormatCode.HeaderKey, static file => First(file)["strides"] = 1);
        yield return new("tensor without shape", ModelFormatCode.HeaderKey, static file => First(file).Remove("shape"));
        yield return new("float tensor", ModelFormatCode.ElementType, static file => First(file)["dtype"] = "F32");
        yield return new("shape of the wrong size", ModelFormatCode.Shape, static file => First(file)["shape"]![0] = 999);
        yield return new("shape with a zero", ModelFormatCode.Shape, static file => First(file)["shape"]![0] = 0);
        yield return new("negative shape", ModelFormatCode.Shape, static file => First(file)["shape"] = new JsonArray(-4, -25));
        yield return new("shape that overflows", ModelFormatCode.Shape, static file => First(file)["shape"] = new JsonArray(int.MaxValue, int.MaxValue, int.MaxValue, int.MaxValue));
        yield return new("nine dimensions", ModelFormatCode.Shape, static file => First(file)["shape"] = new JsonArray(20, 5, 1, 1, 1, 1, 1, 1, 1));
        yield return new("offsets that overlap", ModelFormatCode.Offsets, static file => Move(file, 1, -64, 0));
        yield return new("offsets with a hole", ModelFormatCode.Offsets, static file => Move(file, 1, 64, 64));
        yield return new("offsets reversed", ModelFormatCode.Offsets, static file => First(file)["data_offsets"] = new JsonArray(0, -1));
        yield return new("offsets beyond the data", ModelFormatCode.Truncated, static file => First(file)["data_offsets"]![1] = 1L << 40);
        yield return new("offset beyond 64 bits", ModelFormatCode.HeaderJson, static file => file.EditHeader = static text => text.Replace("\"data_offsets\":[0,", "\"data_offsets\":[99999999999999999999,", StringComparison.Ordinal));
        yield return new("data after the last tensor", ModelFormatCode.Offsets, static file => file.Data = [.. file.Data, 0]);
        yield return new("tensor off the grid", ModelFormatCode.Alignment, RemoveFirstPadding);
        yield return new("padding that is not zero", ModelFormatCode.Padding, static file => file.Data[file.Header["__pad.0"]!["data_offsets"]![0]!.GetValue<int>()] = 1);
    }

    private static IEnumerable<BrokenFile> Definitions()
    {
        yield return new("definition is not base64", ModelFormatCode.Definition, static file => file.DefinitionText = "{}");
        yield return new("definition is not zlib", ModelFormatCode.Definition, static file => file.DefinitionText = "AAAA");
        yield return new("definition is null", ModelFormatCode.Definition, static file => file.DefinitionText = FileSurgeon.Compress("null"));
        yield return new("definition is not JSON", ModelFormatCode.Definition, static file => file.DefinitionText = FileSurgeon.Compress("{\"name\":"));
        yield return new("definition of zeros", ModelFormatCode.TooLarge, static file => file.DefinitionText = FileSurgeon.Compress(new string(' ', 1 << 24)));
        yield return new("deep definition", ModelFormatCode.Definition, static file => file.DefinitionText = FileSurgeon.Compress(new string('[', 10000)));
        yield return new("unknown property", ModelFormatCode.Definition, static file => file.Layer["dilation"] = 2);
        yield return new("missing property", ModelFormatCode.Definition, static file => file.Operation("recurrent").Remove("initialHidden"));
        yield return new("null for a text", ModelFormatCode.Definition, static file => file.Layer["inputWeights"] = null);
        yield return new("fraction for an integer", ModelFormatCode.Definition, static file => file.Layer["shift"] = 20.5);
        yield return new("unknown operation", ModelFormatCode.Definition, static file => file.Operation("dense")["op"] = "conv");
        yield return new("unknown cell", ModelFormatCode.Definition, static file => file.Layer["kind"] = "Transformer");
        yield return new("empty name", ModelFormatCode.Name, static file => file.Definition["name"] = "");
        yield return new("name with a line break", ModelFormatCode.Name, static file => file.Layer["name"] = "a\nb");
        yield return new("name of 300 characters", ModelFormatCode.Name, static file => file.Tensor(0)["name"] = new string('x', 300));
        yield return new("negative sample rate", ModelFormatCode.Channel, static file => file.Definition["sampleRateHz"] = -1);
        yield return new("deviation of 0", ModelFormatCode.Channel, static file => file.Definition["channels"]![0]!["deviation"] = 0);
        yield return new("channel limit of 0", ModelFormatCode.Channel, static file => file.Definition["channels"]![0]!["limit"] = 0);
        yield return new("null channel", ModelFormatCode.Channel, static file => file.Definition["channels"]![0] = null);
        yield return new("two channels of one name", ModelFormatCode.Duplicate, static file => file.Definition["channels"]![0]!["name"] = "channel 1");
        yield return new("unknown transform", ModelFormatCode.Range, static file => file.Definition["channels"]![0]!["transform"] = 77);
        yield return new("a hash that is none", ModelFormatCode.Provenance, static file => file.Definition["provenance"]!["sourceSha256"] = "abc");
        yield return new("an empty reason", ModelFormatCode.Provenance, static file => file.Definition["provenance"]!["reasons"] = new JsonArray("why", ""));
        yield return new("a reason with a line break", ModelFormatCode.Provenance, static file => file.Definition["provenance"]!["reasons"] = new JsonArray("a\nb"));
        yield return new("null for a reason", ModelFormatCode.Provenance, static file => file.Definition["provenance"]!["reasons"] = new JsonArray((JsonNode?)null));
        yield return new("a number for a reason", ModelFormatCode.Definition, static file => file.Definition["provenance"]!["reasons"] = new JsonArray(1));
        yield return new("reasons that are no list", ModelFormatCode.Definition, static file => file.Definition["provenance"]!["reasons"] = "why");
        yield return new("negative source size", ModelFormatCode.Provenance, static file => file.Definition["provenance"]!["sourceBytes"] = -1);
    }

    private static IEnumerable<BrokenFile> Numbers()
    {
        yield return new("scale of 0", ModelFormatCode.Quantization, static file => file.Tensor(0)["quantization"]!["scale"] = 0);
        yield return new("subnormal scale", ModelFormatCode.Quantization, static file => file.Tensor(0)["quantization"]!["scale"] = 1e-310);
        yield return new("negative scale", ModelFormatCode.Quantization, static file => file.Layer["hidden"]!["scale"] = -0.5);
        yield return new("zero point of 200", ModelFormatCode.Quantization, static file => file.Layer["hidden"] = Codes("Int8", 200));
        yield return new("int16 with a zero point", ModelFormatCode.Quantization, static file => file.Layer["hidden"] = Codes("Int16", 1));
        yield return new("int32 codes", ModelFormatCode.Quantization, static file => file.Layer["hidden"] = Codes("Int32", 0));
        yield return new("negative multiplier", ModelFormatCode.Rescale, static file => file.Layer["hiddenRescale"]!["multiplier"] = -1);
        yield return new("shift of 63", ModelFormatCode.Rescale, static file => file.Layer["hiddenRescale"]!["shift"] = 63);
        yield return new("negative shift", ModelFormatCode.Rescale, static file => file.Operation("recurrent")["outputRescale"]!["shift"] = -1);
        yield return new("different shifts in a sum", ModelFormatCode.Rescale, static file => file.Operation("elementwise")["rightRescale"]!["shift"] = 5, static () => new ModelBuilder(2, 1, 3).Elementwise(ElementwiseKind.Add).Build());
        yield return new("layer shift of 0", ModelFormatCode.Range, static file => file.Layer["shift"] = 0);
        yield return new("bias of 21 fraction bits", ModelFormatCode.Range, static file => file.Layer["biasFractionBits"] = 21);
        yield return new("cell of 17 fraction bits", ModelFormatCode.Range, static file => file.Layer["cellFractionBits"] = 17);
        yield return new("cell range below 0", ModelFormatCode.Range, static file => file.Layer["cellRange"] = -1);
        yield return new("pre-activation limit of 0", ModelFormatCode.Range, static file => file.Layer["preActivationLimits"]![1] = 0);
        yield return new("limit beyond the curve", ModelFormatCode.Range, static file => file.Layer["preActivationLimits"]![1] = (1 << 17) + 1);
        yield return new("unknown activation", ModelFormatCode.Range, static file => file.Layer["gateActivation"]!["kind"] = 99);
        yield return new("empty clip", ModelFormatCode.Range, static file => file.Layer["gateActivation"] = new JsonObject { ["kind"] = "Clip", ["alpha"] = 1, ["beta"] = 0 });
        yield return new("dense shift of 6", ModelFormatCode.Range, static file => file.Operation("dense")["shift"] = 6);
        yield return new("epsilon of 0", ModelFormatCode.Range, static file => file.Operation("layernorm")["epsilon"] = 0, static () => new ModelBuilder(2, 1, 3).LayerNorm().Build());
        yield return new("a multiplier too large for its sum", ModelFormatCode.Bound, static file => (file.Layer["shift"], file.Layer["biasFractionBits"]) = (60, 0));
        yield return new("weight of -128", ModelFormatCode.Bound, static file => file.Data[file.Header["Lstm/1.W"]!["data_offsets"]![0]!.GetValue<int>()] = 0x80);
    }

    private static IEnumerable<BrokenFile> Layers()
    {
        yield return new("weights that do not exist", ModelFormatCode.Constant, static file => file.Layer["inputWeights"] = "nothing");
        yield return new("weights of another shape", ModelFormatCode.Constant, static file => file.Layer["inputWeights"] = "Lstm/1.R");
        yield return new("weights of another type", ModelFormatCode.Constant, static file => file.Layer["inputWeights"] = "Lstm/1.b");
        yield return new("biases of another shape", ModelFormatCode.Constant, static file => file.Layer["bias"] = "dense/5.b");
        yield return new("more units than weights", ModelFormatCode.Constant, static file => file.Layer["hiddenSize"] = 6);
        yield return new("no units", ModelFormatCode.Range, static file => file.Layer["hiddenSize"] = 0);
        yield return new("a constant nothing uses", ModelFormatCode.Constant, static file => file.Header["spare"] = new JsonObject { ["dtype"] = "I8", ["shape"] = new JsonArray(), ["data_offsets"] = Append(file) });
        yield return new("a limit too few", ModelFormatCode.Layer, static file => file.Layer["preActivationLimits"]!.AsArray().RemoveAt(0));
        yield return new("LSTM with a recurrent bias", ModelFormatCode.Layer, static file => file.Layer["recurrentBias"] = "dense/5.b", static () => ModelBuilder.Lstm(5));
        yield return new("LSTM with reset codes", ModelFormatCode.Layer, static file => file.Layer["resetHidden"] = Codes("Int8", 0));
        yield return new("LSTM linear before reset", ModelFormatCode.Layer, static file => file.Layer["linearBeforeReset"] = true);
        yield return new("GRU without its recurrent bias", ModelFormatCode.Layer, static file => file.Layer["recurrentBias"] = null, static () => Gru(true));
        yield return new("GRU without its reset codes", ModelFormatCode.Layer, static file => file.Layer["resetHidden"] = null, static () => Gru(false));
        yield return new("GRU with a cell", ModelFormatCode.Layer, static file => file.Layer["cellFractionBits"] = 20, static () => Gru(true));
        yield return new("GRU with an output activation", ModelFormatCode.Layer, static file => file.Layer["outputActivation"]!["kind"] = "Tanh", static () => Gru(true));
        yield return new("RNN with a candidate activation", ModelFormatCode.Layer, static file => file.Layer["candidateActivation"]!["kind"] = "Tanh", static () => new ModelBuilder(3, 2, 2).Recurrent(CellKind.Rnn, 3, false).Build());
        yield return new("two layers of one name", ModelFormatCode.Duplicate, static file => file.Definition["layers"]!.AsArray().Add(file.Layer.DeepClone()));
        yield return new("null layer", ModelFormatCode.Layer, static file => file.Definition["layers"]![0] = null);
        yield return new("a layer no plan runs", ModelFormatCode.Layer, static file =>
        {
            file.Plan["operations"]!.AsArray().RemoveAt(1);
            file.Plan["outputs"]![0]!["tensor"] = file.Operation("recurrent")["output"]!.GetValue<int>();
        }, static () => new ModelBuilder(3, 2, 2).Recurrent(CellKind.Rnn, 3, false).Recurrent(CellKind.Rnn, 3, false).Build());
        yield return new("two layers over the same weights", ModelFormatCode.Constant, static file =>
        {
            JsonObject twin = file.Layer.DeepClone().AsObject();
            twin["name"] = "twin";
            file.Definition["layers"]!.AsArray().Add(twin);
        });
    }

    private static IEnumerable<BrokenFile> Plans()
    {
        yield return new("no plan", ModelFormatCode.Plan, static file => file.Definition["sequence"] = null);
        yield return new("no reason against streaming", ModelFormatCode.Plan, static file => file.Definition["notStreamable"] = null);
        yield return new("step plan of 4 steps", ModelFormatCode.Plan, static file => (file.Definition["step"], file.Definition["notStreamable"]) = (file.Plan.DeepClone(), null));
        yield return new("steps that do not fit the channels", ModelFormatCode.Plan, static file => file.Plan["steps"] = 5);
        yield return new("no steps", ModelFormatCode.Range, static file => file.Plan["steps"] = 0);
        yield return new("no inputs", ModelFormatCode.Plan, static file => file.Plan["inputs"] = new JsonArray());
        yield return new("no outputs", ModelFormatCode.Plan, static file => file.Plan["outputs"] = new JsonArray());
        yield return new("null operation", ModelFormatCode.Plan, static file => file.Plan["operations"]![0] = null);
        yield return new("input twice", ModelFormatCode.Duplicate, static file => file.Plan["inputs"]!.AsArray().Add(file.Plan["inputs"]![0]!.DeepClone()));
        yield return new("two tensors of one name", ModelFormatCode.Duplicate, static file => file.Tensor(1)["name"] = "x");
        yield return new("tensor of 2^40 elements", ModelFormatCode.TooLarge, static file => file.Tensor(2)["shape"] = new JsonArray(1 << 20, 1 << 20));
        yield return new("tensors of 2^27 elements", ModelFormatCode.TooLarge, static file => file.Tensor(2)["shape"] = new JsonArray(1 << 27));
        yield return new("tensor of negative size", ModelFormatCode.Shape, static file => file.Tensor(2)["shape"] = new JsonArray(-4, -5));
        yield return new("output tensor -1", ModelFormatCode.Index, static file => file.Plan["outputs"]![0]!["tensor"] = -1);
        yield return new("input tensor 99", ModelFormatCode.Index, static file => file.Plan["inputs"]![0]!["tensor"] = 99);
        yield return new("constant tensor 99", ModelFormatCode.Index, static file => file.Plan["constantTensors"]!["99"] = "dense/5.b");
        yield return new("constant of another size", ModelFormatCode.Constant, static file => file.Plan["constantTensors"]!["2"] = "dense/5.b");
        yield return new("input that is a constant", ModelFormatCode.Order, static file => file.Plan["inputs"]![0]!["tensor"] = 1);
        yield return new("output nothing writes", ModelFormatCode.Order, static file => file.Plan["operations"]!.AsArray().RemoveAt(1));
        yield return new("operations in the wrong order", ModelFormatCode.Order, static file =>
        {
            JsonArray operations = file.Plan["operations"]!.AsArray();
            JsonNode first = operations[0]!;
            operations.RemoveAt(0);
            operations.Add(first);
        });
    }

    private static IEnumerable<BrokenFile> Operations()
    {
        yield return new("layer 7", ModelFormatCode.Index, static file => file.Operation("recurrent")["layer"] = 7);
        yield return new("layer run twice", ModelFormatCode.Plan, static file => file.Plan["operations"]!.AsArray().Insert(1, file.Operation("recurrent").DeepClone()));
        yield return new("reverse layer step by step", ModelFormatCode.Plan, static file => file.Layer["reverse"] = true, static () => new ModelBuilder(3, 1, 2).Recurrent(CellKind.Rnn, 3, false).Build());
        yield return new("operand 99", ModelFormatCode.Index, static file => file.Operation("dense")["input"] = 99);
        yield return new("operand of another size", ModelFormatCode.Operand, static file => file.Operation("recurrent")["steps"] = 3);
        yield return new("operand with other codes", ModelFormatCode.Operand, static file => file.Tensor(0)["quantization"]!["scale"] = 0.25);
        yield return new("layer without output", ModelFormatCode.Operand, static file => (file.Operation("recurrent")["output"], file.Operation("recurrent")["finalHidden"], file.Operation("recurrent")["finalCell"]) = (-1, -1, -1));
        yield return new("a cell state of a GRU", ModelFormatCode.Operand, static file => file.Operation("recurrent")["finalCell"] = 3, static () => Gru(true, finalHidden: false));
        yield return new("writes its own input", ModelFormatCode.Order, static file => file.Operation("activation")["output"] = 0, static () => new ModelBuilder(2, 1, 3).Activation(new ActivationFunction(ActivationKind.Relu)).Build());
        yield return new("sizes that overflow", ModelFormatCode.TooLarge, static file => (file.Operation("softmax")["outer"], file.Operation("softmax")["axis"]) = (int.MaxValue, int.MaxValue), static () => new ModelBuilder(2, 1, 3).Softmax().Build());
        yield return new("negative sizes", ModelFormatCode.Shape, static file => (file.Operation("softmax")["outer"], file.Operation("softmax")["axis"]) = (-1, -3), static () => new ModelBuilder(2, 1, 3).Softmax().Build());
        yield return new("dense over a vector", ModelFormatCode.Constant, static file => file.Operation("dense")["weights"] = "dense/5.b");
        yield return new("copy before the source", ModelFormatCode.Operand, static file => file.Operation("copy")["inputStart"] = 1, Copy);
        yield return new("copy behind the target", ModelFormatCode.Operand, static file => file.Operation("copy")["outputStrides"]![0] = int.MaxValue, Copy);
        yield return new("copy with a stride too few", ModelFormatCode.Operand, static file => file.Operation("copy")["inputStrides"] = new JsonArray(1), Copy);
        yield return new("copy of half the target", ModelFormatCode.Order, static file => file.Operation("copy")["dimensions"]![0] = 1, Copy);
        yield return new("copy of unequal codes", ModelFormatCode.Operand, static file => (file.Operation("copy")["rescale"], file.Tensor(1)["quantization"]) = (null, Codes("Int16", 0)), Copy);
        yield return new("unknown elementwise operator", ModelFormatCode.Range, static file => file.Operation("elementwise")["kind"] = 12, static () => new ModelBuilder(2, 1, 3).Elementwise(ElementwiseKind.Mul).Build());
    }

    private static IEnumerable<BrokenFile> States()
    {
        yield return new("null state", ModelFormatCode.State, static file => State(file, static states => states[0] = null), Stateful);
        yield return new("state read from an input", ModelFormatCode.State, static file => State(file, static states => states[0]!["input"] = 0), Stateful);
        yield return new("two states in one tensor", ModelFormatCode.State, static file => State(file, static states =>
        {
            states.Add(states[0]!.DeepClone());
            states[1]!["name"] = "twin";
        }), Stateful);
        yield return new("state that nothing writes", ModelFormatCode.State, static file => State(file, static states => states[0]!["output"] = 0), Stateful);
        yield return new("state of other codes", ModelFormatCode.State, static file => (file.Tensor(2)["quantization"]!["scale"], file.Definition["step"]) = (77.5, file.Plan.DeepClone()), Stateful);
        yield return new("state of another shape", ModelFormatCode.State, static file => (file.Tensor(2)["shape"], file.Definition["step"]) = (new JsonArray(1, 4), file.Plan.DeepClone()), Stateful);
        yield return new("state in tensor 99", ModelFormatCode.Index, static file => State(file, static states => states[0]!["input"] = 99), Stateful);
        yield return new("state from tensor -1", ModelFormatCode.Index, static file => State(file, static states => states[0]!["output"] = -1), Stateful);
        yield return new("two states of one name", ModelFormatCode.Duplicate, static file => State(file, static states => states.Add(states[0]!.DeepClone())), Stateful);
        yield return new("state with an empty name", ModelFormatCode.Name, static file => State(file, static states => states[0]!["name"] = ""), Stateful);
        yield return new("state without its output", ModelFormatCode.Definition, static file => State(file, static states => states[0]!.AsObject().Remove("output")), Stateful);
        yield return new("states that are a number", ModelFormatCode.Definition, static file => file.Plan["states"] = 3, Stateful);
    }

    // Breaks the states of both plans.
    private static void State(FileSurgeon file, Action<JsonArray> edit)
    {
        edit(file.Plan["states"]!.AsArray());
        file.Definition["step"] = file.Plan.DeepClone();
    }

    /// <summary>A dense layer of 3 inputs (tensor 0) and 4 outputs (tensor 1), which are the state (tensor 2) of the next step.</summary>
    internal static ModelDefinition Stateful()
    {
        ModelDefinition model = new ModelBuilder(2, 1, 3).Dense(4, null).Build();
        Plan plan = model.Sequence!;
        plan = plan with { Tensors = [.. plan.Tensors, plan.Tensors[1] with { Name = "before" }], States = [new PlanState("before", Input: 2, Output: 1)] };
        return model with { Step = plan, Sequence = plan };
    }

    private static ModelDefinition Copy() => new ModelBuilder(2, 1, 3).Copy().Build();

    private static ModelDefinition Gru(bool linearBeforeReset, bool finalHidden = true)
    {
        ModelDefinition model = new ModelBuilder(4, 2, 2).Recurrent(CellKind.Gru, 3, linearBeforeReset).Build();
        if (finalHidden)
            return model;
        var operation = (RecurrentOperation)model.Sequence!.Operations[0] with { FinalHidden = -1 };
        return model with { Sequence = model.Sequence with { Operations = [operation] } };
    }

    private static JsonObject First(FileSurgeon file) => file.Header["Lstm/1.R"]!.AsObject();

    private static JsonObject Codes(string type, int zeroPoint) => new() { ["type"] = type, ["scale"] = 0.5, ["zeroPoint"] = zeroPoint };

    private static void Move(FileSurgeon file, int index, int begin, int end)
    {
        KeyValuePair<string, JsonNode?>[] tensors = [.. file.Header.Where(static entry => entry.Key != "__metadata__")];
        JsonNode offsets = tensors[index].Value!["data_offsets"]!;
        offsets[0] = offsets[0]!.GetValue<int>() + begin;
        offsets[1] = offsets[1]!.GetValue<int>() + end;
    }

    private static void RemoveFirstPadding(FileSurgeon file)
    {
        JsonArray padding = file.Header["__pad.0"]!["data_offsets"]!.AsArray();
        (int begin, int end) = ((int)padding[0]!, (int)padding[1]!);
        file.Header.Remove("__pad.0");
        file.Data = [.. file.Data[..begin], .. file.Data[end..]];
        for (int tensor = 1; tensor < file.Header.Count - 1; tensor++)
            Move(file, tensor, begin - end, begin - end);
    }

    private static JsonArray Append(FileSurgeon file)
    {
        int begin = file.Data.Length + (-file.Data.Length & 63);
        if (begin > file.Data.Length)
            file.Header["__pad.99"] = new JsonObject { ["dtype"] = "I8", ["shape"] = new JsonArray(begin - file.Data.Length), ["data_offsets"] = new JsonArray(file.Data.Length, begin) };
        file.Data = [.. file.Data, .. new byte[begin - file.Data.Length], 1];
        return new JsonArray(begin, begin + 1);
    }

    private static byte[] Replace(byte[] file, string text, byte[] bytes)
    {
        bytes.CopyTo(file, file.AsSpan().IndexOf(System.Text.Encoding.ASCII.GetBytes(text)));
        return file;
    }
}
