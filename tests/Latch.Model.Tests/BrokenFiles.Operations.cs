using System.Text.Json.Nodes;

namespace Latch.Model.Tests;

/// <summary>Broken windows, functions and choices.</summary>
internal static partial class BrokenFiles
{
    private static IEnumerable<BrokenFile> WindowOperations()
    {
        yield return new("groups that do not divide the channels", ModelFormatCode.Operand, static file => file.Operation("conv")["groups"] = 3, Conv);
        yield return new("no groups", ModelFormatCode.Range, static file => file.Operation("conv")["groups"] = 0, Conv);
        yield return new("2^20 groups", ModelFormatCode.Range, static file => file.Operation("conv")["groups"] = 1 << 20, Conv);
        yield return new("convolution of two inputs where there is one", ModelFormatCode.Operand, static file => file.Operation("conv")["batch"] = 2, Conv);
        yield return new("negative channels", ModelFormatCode.Range, static file => file.Operation("conv")["channels"] = -2, Conv);
        yield return new("window larger than its weights", ModelFormatCode.Constant, static file => Window(file, "conv", "kernel", "columns", 3), Conv);
        yield return new("window of nothing", ModelFormatCode.Range, static file => Window(file, "conv", "kernel", "rows", 0), Conv);
        yield return new("window that does not move", ModelFormatCode.Range, static file => Window(file, "conv", "stride", "columns", 0), Conv);
        yield return new("window of one element many times", ModelFormatCode.Range, static file => Window(file, "conv", "dilation", "columns", 0), Conv);
        yield return new("input spaced by nothing", ModelFormatCode.Range, static file => Window(file, "conv", "spacing", "columns", 0), Conv);
        yield return new("window far before its input", ModelFormatCode.Range, static file => Window(file, "conv", "padding", "columns", int.MaxValue), Conv);
        yield return new("windows that end beyond 32 bits", ModelFormatCode.Range, static file =>
        {
            Window(file, "conv", "stride", "columns", 1 << 24);
            Window(file, "conv", "output", "columns", 1 << 10);
        }, Conv);
        yield return new("windows over more than there is", ModelFormatCode.Operand, static file => Window(file, "conv", "input", "rows", 2), Conv);
        yield return new("more windows than results", ModelFormatCode.Operand, static file => Window(file, "conv", "output", "rows", 2), Conv);
        yield return new("convolution with a bias of its weights' type", ModelFormatCode.Constant, static file => file.Operation("conv")["bias"] = (string?)file.Operation("conv")["weights"], Conv);
        yield return new("convolution that shifts by 63", ModelFormatCode.Range, static file => file.Operation("conv")["shift"] = 63, Conv);
        yield return new("convolution whose sums overflow", ModelFormatCode.Bound, static file => file.Operation("conv")["shift"] = 62, Conv);
        yield return new("convolution without a window", ModelFormatCode.Definition, static file => file.Operation("conv")["window"] = null, Conv);
        yield return new("pool of padding alone", ModelFormatCode.Operand, static file => Window(file, "pool", "padding", "columns", 2), Pool);
        yield return new("pool behind its input", ModelFormatCode.Operand, static file => Window(file, "pool", "padding", "columns", -1), Pool);
        yield return new("pool of a spaced input", ModelFormatCode.Range, static file => Window(file, "pool", "spacing", "columns", 2), Pool);
        yield return new("unknown pool", ModelFormatCode.Range, static file => file.Operation("pool")["kind"] = 3, Pool);
        yield return new("pool with a negative multiplier", ModelFormatCode.Rescale, static file => file.Operation("pool")["rescale"]!["multiplier"] = -1, Pool);
    }

    private static IEnumerable<BrokenFile> ChoiceOperations()
    {
        yield return new("picked element behind the last", ModelFormatCode.Operand, static file => file.Operation("pick")["source"] = "dense/1.b", static () => new ModelBuilder(2, 1, 3).Dense(5, null).Pick().Build());
        yield return new("positions for another output", ModelFormatCode.Constant, static file => file.Operation("pick")["source"] = "dense/1.b", static () => new ModelBuilder(2, 1, 3).Dense(4, null).Pick().Build());
        yield return new("fill beyond the codes", ModelFormatCode.Range, static file => file.Operation("pick")["fill"] = 40000, Pick);
        yield return new("pick of unequal codes", ModelFormatCode.Operand, static file => (file.Operation("pick")["rescale"], file.Tensor(1)["quantization"]) = (null, Codes("Int16", 0)), Pick);
        yield return new("table of another type than its rows", ModelFormatCode.Constant, static file => file.Tensor(1)["quantization"] = Codes((string?)file.Tensor(1)["quantization"]!["type"] == "Int8" ? "Int16" : "Int8", 0), Embedding);
        yield return new("rows of another length than the output's", ModelFormatCode.Operand, static file => file.Tensor(1)["shape"] = new JsonArray(3, 3), Embedding);
        yield return new("table that is not there", ModelFormatCode.Constant, static file => file.Operation("embedding")["table"] = "atlas", Embedding);
        yield return new("axis longer than its input", ModelFormatCode.Operand, static file => file.Operation("argmax")["axis"] = 4, static () => new ModelBuilder(2, 1, 3).ArgMax().Build());
        yield return new("condition walked beyond its end", ModelFormatCode.Operand, static file => file.Operation("where")["conditionStrides"] = new JsonArray(2), Where);
        yield return new("choice with a stride too few", ModelFormatCode.Operand, static file => file.Operation("where")["falseStrides"] = new JsonArray(), Where);
        yield return new("choice that shifts by 63", ModelFormatCode.Rescale, static file => file.Operation("where")["trueRescale"]!["shift"] = 63, Where);
        yield return new("comparison with a scale", ModelFormatCode.Operand, static file => file.Tensor(2)["quantization"]!["scale"] = 0.5, Less);
        yield return new("comparison of unequal shifts", ModelFormatCode.Rescale, static file => file.Operation("elementwise")["rightRescale"]!["shift"] = 30, Less);
        yield return new("unknown function", ModelFormatCode.Range, static file => file.Operation("function")["kind"] = 3, static () => new ModelBuilder(2, 1, 3).Function(FunctionKind.Exp).Build());
        yield return new("function with a negative shift", ModelFormatCode.Rescale, static file => file.Operation("function")["inputRescale"]!["shift"] = -1, static () => new ModelBuilder(2, 1, 3).Function(FunctionKind.Exp).Build());
        yield return new("log softmax of unequal shifts", ModelFormatCode.Rescale, static file => file.Operation("logsoftmax")["logRescale"]!["shift"] = 30, static () => new ModelBuilder(2, 1, 3).LogSoftmax().Build());
    }

    private static ModelDefinition Conv() => new ModelBuilder(2, 1, 4).Conv(null).Build();

    private static ModelDefinition Pool() => new ModelBuilder(2, 1, 3).Pool(PoolKind.Average).Build();

    private static ModelDefinition Pick() => new ModelBuilder(2, 1, 3).Pick().Build();

    private static ModelDefinition Embedding() => new ModelBuilder(2, 1, 3).Embedding().Build();

    private static ModelDefinition Where() => new ModelBuilder(2, 1, 3).Where().Build();

    private static ModelDefinition Less() => new ModelBuilder(2, 1, 3).Elementwise(ElementwiseKind.Less).Build();

    private static void Window(FileSurgeon file, string operation, string member, string axis, int value) =>
        file.Operation(operation)["window"]![member]![axis] = value;
}
