using System.Security.Cryptography;
using System.Text.Json;
using Google.Protobuf;
using Latch.Import.Graph;
using Latch.Import.Onnx;
using Latch.Import.Reference;
using Latch.Import.Sources.TfLite;
using Latch.Import.Tests.Support;

namespace Latch.Import.Tests.Sources.TfLite;

/// <summary>
/// Small models yield what the interpreter of TensorFlow Lite once yielded for them (golden.js made golden.json). The budget is absolute for outputs up to 1 and relative above.
/// </summary>
public sealed class TfLiteGoldenTests
{
    private const double Budget = 1e-5;

    private static readonly JsonElement s_golden = JsonSerializer.Deserialize<JsonElement>(
        File.ReadAllText(Path.Combine(SharedData.Repository, "tests", "Latch.Import.Tests", "Sources", "TfLite", "golden.json")));

    public static TheoryData<string> Names() => [.. TfLiteCases.All.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void Import_OneOperator_YieldsWhatTheInterpreterYields(string name)
    {
        byte[] bytes = TfLiteCases.Write(name);
        if (Environment.GetEnvironmentVariable("LATCH_WRITE_TFLITE") is { Length: > 0 } folder)
        {
            File.WriteAllBytes(Path.Combine(folder, $"{name}.{TfLiteCases.All[name].Runs}.tflite"), bytes);
            return;
        }
        float[][] expected = Expected(name, bytes);
        ModelProto proto = TfLiteSource.Translate(bytes, name).Proto;
        FloatModel model = OnnxImporter.Lower(proto.Clone(), name, options: null, files: null, sha256: "");
        FloatReference reference = new(model, carryState: true);
        for (int run = 0; run < expected.Length; run++)
        {
            Dictionary<string, float[]> inputs = Inputs(proto, model, run);
            IReadOnlyDictionary<string, float[]> outputs = reference.Run(inputs);
            Check($"run {run}", expected[run], [.. model.Outputs.SelectMany(output => outputs[output.Name])]);
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Translate_OneOperator_IsAnOnnxModelThatYieldsTheSame(string name)
    {
        byte[] bytes = TfLiteCases.Write(name);
        if (TfLiteCases.All[name].Runs > 1)
            return; // ONNX Runtime carries no states.
        float[][] expected = Expected(name, bytes);
        ModelProto proto = TfLiteSource.Translate(bytes, name).Proto;
        FloatModel model = OnnxImporter.Lower(proto.Clone(), name, options: null, files: null, sha256: "");
        using OnnxOracle oracle = new(proto.ToByteArray());

        Dictionary<string, float[]> inputs = Inputs(proto, model, run: 0);
        Dictionary<string, float[]> outputs = oracle.Run(model.Inputs.Select(input => (input.Name, input.Shape, inputs[input.Name])).Concat(oracle.Others(model)));

        Check(name, expected[0], [.. proto.Graph.Output.SelectMany(output => outputs[output.Name])]);
    }

    [Fact]
    public void Golden_EveryOperator_IsThere()
    {
        string[] tested = [.. TfLiteCases.All.Keys.Select(TfLiteCases.Write).SelectMany(bytes => TfLiteReader.Read(bytes, "case").Operators).Select(one => one.Name).Distinct()];

        Assert.Empty(Import.Sources.TfLite.Operators.TfLiteOperators.Names.Except(tested));
    }

    private static float[][] Expected(string name, byte[] bytes)
    {
        Assert.True(s_golden.TryGetProperty(name, out JsonElement golden), $"golden.json has no '{name}'; run golden.js");
        Assert.Equal(golden.GetProperty("sha256").GetString(), Convert.ToHexStringLower(SHA256.HashData(bytes)));
        return [.. golden.GetProperty("runs").EnumerateArray().Select(run => run.EnumerateArray().SelectMany(output => output.EnumerateArray().Select(x => x.GetSingle())).ToArray())];
    }

    private static void Check(string what, float[] expected, float[] actual)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (int i = 0; i < expected.Length; i++)
        {
            double difference = Math.Abs(expected[i] - actual[i]) / Math.Max(1, Math.Abs(expected[i]));
            Assert.True(difference <= Budget, $"{what}, element {i}: {actual[i]} instead of {expected[i]}");
        }
    }

    /// <summary>The inputs of golden.js; an input that no output depends on has its number all the same.</summary>
    private static Dictionary<string, float[]> Inputs(ModelProto proto, FloatModel model, int run)
    {
        Dictionary<string, float[]> inputs = [];
        for (int k = 0; k < proto.Graph.Input.Count; k++)
        {
            ValueInfoProto port = proto.Graph.Input[k];
            if (model.Inputs.All(input => input.Name != port.Name))
                continue;
            bool real = port.Type.TensorType.ElemType == (int)TensorProto.Types.DataType.Float;
            inputs[port.Name] = [.. Enumerable.Range(0, model.Count(port.Name)).Select(i => real ? (float)(0.95 * Math.Sin((0.7 * i) + (1.3 * run) + (0.4 * k) + 0.2)) : ((i * (k + 1)) + run) % 3)];
        }
        return inputs;
    }
}
