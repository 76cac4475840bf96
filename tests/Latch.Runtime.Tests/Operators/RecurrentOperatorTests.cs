using System.Numerics;
using Latch.Model;
using Latch.Runtime.Tests.Reference;

namespace Latch.Runtime.Tests.Operators;

/// <summary>Initial states from tensors, and the states an operation gives at its end.</summary>
public sealed class RecurrentOperatorTests
{
    private const int Inputs = 3, Units = 5, CellBits = 20;
    private static readonly Quantization s_state = new(ElementType.Int16, 2.0 / 32767, 0);
    private static readonly Rescale s_hiddenToState = LayerQuantizer.Ratio(Math.ScaleB(1, -24) / s_state.Scale);
    private static readonly Rescale s_cellToState = LayerQuantizer.Ratio(Math.ScaleB(1, -CellBits) / s_state.Scale);
    private static readonly Rescale s_stateToHidden = LayerQuantizer.Ratio(s_state.Scale * Math.ScaleB(1, 24));
    private static readonly Rescale s_stateToCell = LayerQuantizer.Ratio(s_state.Scale * Math.ScaleB(1, CellBits));

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Run_InitialAndFinalStates_EqualTheFormulas(bool reverse)
    {
        const int Steps = 6;
        ModelDefinition definition = Model(Steps, reverse);
        using LatchModel model = LatchModel.Create(definition);
        var random = new Random(8);
        int[] x = [.. Enumerable.Range(0, Steps * Inputs).Select(_ => random.Next(-128, 128))];
        int[] h0 = [.. Enumerable.Range(0, Units).Select(_ => random.Next(-16000, 16000))], c0 = [.. Enumerable.Range(0, Units).Select(_ => random.Next(-32768, 32768))];
        float[] results = new float[model.WindowOutputSize];
        Session session = model.CreateSession();
        for (int run = 0; run < 2; run++)
            session.Run([.. Reals(x, definition.Layers[0].Input), .. Reals(h0, s_state), .. Reals(c0, s_state)], Steps, results);

        ExactLayer exact = Started(definition, h0, c0);
        float[] expected = new float[results.Length];
        for (int step = 0; step < Steps; step++)
        {
            int time = reverse ? Steps - 1 - step : step;
            exact.Step(x.AsSpan(time * Inputs, Inputs).ToArray());
            Reals(Codes(exact.Hidden, s_hiddenToState), s_state).CopyTo(expected, time * Units);
        }
        Reals(Codes(exact.Hidden, s_hiddenToState), s_state).CopyTo(expected, Steps * Units);
        Reals(Codes(exact.Cell, s_cellToState), s_state).CopyTo(expected, (Steps + 1) * Units);
        Assert.Equal(expected, results);
    }

    [Fact]
    public void Step_InitialStates_AreUsedAtTheFirstStepAfterAResetOnly()
    {
        ModelDefinition definition = Model(steps: 1, reverse: false);
        definition = definition with { Step = definition.Sequence, Sequence = null, NotStreamable = null };
        using LatchModel model = LatchModel.Create(definition);
        int[] h0 = [1000, -2000, 3000, -4000, 5000], c0 = [9000, 8000, -7000, 6000, -5000], x = [50, -60, 70];
        float[] result = new float[model.OutputSize];
        Session session = model.CreateSession();
        for (int run = 0; run < 2; run++)
        {
            ExactLayer exact = Started(definition, h0, c0);
            for (int step = 0; step < 4; step++)
            {
                session.Step([.. Reals(x, definition.Layers[0].Input), .. Reals(h0, s_state), .. Reals(c0, s_state)], result);
                exact.Step(x);
                Assert.Equal(Reals(Codes(exact.Cell, s_cellToState), s_state), result.AsSpan(2 * Units).ToArray());
            }
            session.Reset();
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Step_LayerThatStartsAnew_WalksItsAxisFromTheInitialStatesInEveryStep(bool reverse)
    {
        const int Bands = 6;
        ModelDefinition definition = Model(Bands, reverse);
        Plan window = definition.Sequence!;
        RecurrentOperation cell = (RecurrentOperation)window.Operations[0];
        definition = definition with { Step = window with { Steps = 1, Operations = [cell with { StartsAnew = true }] }, Sequence = null, NotStreamable = null };
        definition = ModelReader.Read(ModelWriter.ToBytes(definition), "test");
        using LatchModel model = LatchModel.Create(definition);
        int[] h0 = [1000, -2000, 3000, -4000, 5000], c0 = [9000, 8000, -7000, 6000, -5000];
        int[] x = [.. Enumerable.Range(0, Bands * Inputs).Select(i => (i * 37 % 256) - 128)];
        float[] result = new float[model.OutputSize];
        Session session = model.CreateSession();

        ExactLayer exact = Started(definition, h0, c0);
        for (int band = 0; band < Bands; band++)
            exact.Step(x.AsSpan((reverse ? Bands - 1 - band : band) * Inputs, Inputs).ToArray());
        float[] cells = Reals(Codes(exact.Cell, s_cellToState), s_state);
        for (int step = 0; step < 3; step++)
        {
            session.Step([.. Reals(x, definition.Layers[0].Input), .. Reals(h0, s_state), .. Reals(c0, s_state)], result);
            Assert.Equal(cells, result.AsSpan((Bands + 1) * Units).ToArray());
        }
    }

    private static ExactLayer Started(ModelDefinition definition, int[] h0, int[] c0)
    {
        var exact = new ExactLayer(definition.Layers[0], definition.Constants) { Hidden = [.. h0.Select(code => ExactLayer.RoundShift((BigInteger)code * s_stateToHidden.Multiplier, s_stateToHidden.Shift))] };
        for (int unit = 0; unit < Units; unit++)
            exact.Cell[unit] = ExactLayer.RoundShift((BigInteger)c0[unit] * s_stateToCell.Multiplier, s_stateToCell.Shift);
        return exact;
    }

    private static int[] Codes(BigInteger[] values, Rescale rescale) => [.. values.Select(value => (int)ExactLayer.Code(value, rescale, s_state))];

    private static float[] Reals(int[] codes, Quantization quantization) => [.. codes.Select(code => (float)(quantization.Scale * (code - quantization.ZeroPoint)))];

    private static ModelDefinition Model(int steps, bool reverse)
    {
        var source = new FloatLayer(new LayerOptions(CellKind.Lstm, Inputs, Units) { CellFractionBits = CellBits, Peepholes = true, Reverse = reverse }, new Random(9));
        Dictionary<string, ConstantTensor> constants = [];
        RecurrentLayer layer = LayerQuantizer.Layer(source, constants);
        return new ModelDefinition
        {
            Name = "test",
            Layers = [layer],
            NotStreamable = "only windows here.",
            Constants = constants,
            Sequence = new Plan
            {
                Steps = steps,
                Tensors =
                [
                    new("x", [steps, Inputs], layer.Input), new("h0", [Units], s_state), new("c0", [Units], s_state),
                    new("y", [steps, Units], s_state), new("yh", [Units], s_state), new("yc", [Units], s_state),
                ],
                ConstantTensors = new Dictionary<int, string>(),
                Inputs = [new("x", 0), new("h0", 1), new("c0", 2)],
                Outputs = [new("y", 3), new("yh", 4), new("yc", 5)],
                Operations =
                [
                    new RecurrentOperation
                    {
                        Name = "cell",
                        Layer = 0,
                        Steps = steps,
                        Input = 0,
                        InitialHidden = 1,
                        InitialHiddenRescale = s_stateToHidden,
                        InitialCell = 2,
                        InitialCellRescale = s_stateToCell,
                        Output = 3,
                        OutputRescale = s_hiddenToState,
                        FinalHidden = 4,
                        FinalHiddenRescale = s_hiddenToState,
                        FinalCell = 5,
                        FinalCellRescale = s_cellToState,
                    },
                ],
            },
        };
    }
}
