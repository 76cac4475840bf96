using Latch.Import.Graph;
using Latch.Import.Tests.Support;

namespace Latch.Import.Tests.RandomModels;

/// <summary>
/// Random recurrent models over all attributes of LSTM, GRU and RNN agree with ONNX Runtime. The budget is absolute for
/// outputs up to 1 and relative above: some activations have no bound.
/// </summary>
public sealed class RandomRecurrentTests
{
    private const double Budget = 1e-5;
    private const int ModelsPerOperator = 160;

    public static TheoryData<string, int> Cases()
    {
        TheoryData<string, int> cases = [];
        foreach (string operatorName in new[] { "LSTM", "GRU", "RNN" })
        {
            for (int seed = 0; seed < ModelsPerOperator; seed++)
                cases.Add(operatorName, seed);
        }
        return cases;
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Run_RandomRecurrentModel_AgreesWithOnnxRuntime(string operatorName, int seed)
    {
        RecurrentSpec spec = RecurrentSpec.Draw(operatorName, seed);
        FloatModel model = OnnxImporter.Import(
            RecurrentModelWriter.Write(spec, forOracle: false), "random", new ImportOptions { Steps = spec.Steps, States = [] });
        using OnnxOracle oracle = new(RecurrentModelWriter.Write(spec, forOracle: true));
        Dictionary<string, float[]> inputs = Agreement.RandomInputs(model, new Random(seed));

        double largest = Agreement.WithOracle(model, oracle, inputs, scaleAbove: 1);

        Assert.True(largest <= Budget, $"largest difference {largest:E2} for {Describe(spec)}");
        Assert.Equal(spec.Steps, model.Steps);
    }

    private static string Describe(RecurrentSpec spec) => string.Join(
        "; ",
        spec.Layers.Select(l => $"{l.Direction} H{l.Units} clip {l.Clip} peep {l.Peepholes} cif {l.InputForget} lbr {l.LinearBeforeReset} "
            + $"bias {l.Bias} h {l.InitialH} c {l.InitialC} act {string.Join(',', l.Activations ?? [])} a {string.Join(',', l.Alphas ?? [])} "
            + $"b {string.Join(',', l.Betas ?? [])}")
            .Prepend($"opset {spec.Opset} T {spec.Steps} I {spec.Inputs} layout {spec.BatchFirst} open {spec.Open}"));
}
