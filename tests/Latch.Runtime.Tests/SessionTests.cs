using Latch.Model;
using Latch.Runtime.Tests.Reference;

namespace Latch.Runtime.Tests;

public sealed class SessionTests
{
    private const int Inputs = 5, Units = 9;

    public static TheoryData<CellKind, bool> Cells() => new()
    {
        { CellKind.Lstm, true }, { CellKind.Gru, true }, { CellKind.Gru, false }, { CellKind.Rnn, true },
    };

    [Theory]
    [MemberData(nameof(Cells))]
    public void Step_TenThousandSteps_AllocatesNothing(CellKind kind, bool linearBeforeReset)
    {
        using LatchModel model = Model(kind, linearBeforeReset, steps: 8);
        Session session = model.CreateSession();
        session.Gates.ReleaseAll();
        float[] samples = Samples(8), results = new float[8 * Units], result = new float[Units];
        sbyte[] codes = new sbyte[Inputs];
        short[] resultCodes = new short[Units];
        var probe = new CountingProbe();
        long before = 0;
        for (int step = 0; step < 10_100; step++)
        {
            if (step == 100)
                before = GC.GetAllocatedBytesForCurrentThread();
            session.Step(samples.AsSpan(0, Inputs), result);
            session.Step(samples.AsSpan(0, Inputs), result, ref probe);
            session.Step(codes, resultCodes);
            if (step % 100 == 0)
            {
                session.Run(samples, 8, results);
                session.Run(samples, 8, results, ref probe);
                session.Reset();
            }
        }
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.Equal(10_100 + (8 * 101), probe.Frames);
    }

    [Theory]
    [MemberData(nameof(Cells))]
    public void MemoryBytes_OfASession_IsWhatMakingItTakes(CellKind kind, bool linearBeforeReset)
    {
        using LatchModel model = LatchModel.Create(LayerQuantizer.Model(new FloatLayer(new LayerOptions(kind, 64, 128) { LinearBeforeReset = linearBeforeReset }, new Random(3))));
        long bytes = model.CreateSession().MemoryBytes, before = GC.GetAllocatedBytesForCurrentThread();
        GC.KeepAlive(model.CreateSession());
        // On top of the buffers come objects and what aligns each buffer.
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, bytes, bytes + 6000);
        Assert.InRange(bytes, 128 * sizeof(int) * 2, 64 * 1024);
    }

    [Theory]
    [MemberData(nameof(Cells))]
    public void Run_ManySteps_EqualsThatManySteps(CellKind kind, bool linearBeforeReset)
    {
        using LatchModel model = Model(kind, linearBeforeReset);
        float[] samples = Samples(30), together = new float[30 * Units];
        model.CreateSession().Run(samples, 30, together);
        Assert.Equal(StepAll(model.CreateSession(), samples), together);
        Assert.Contains(together, value => value != 0);
    }

    [Theory]
    [MemberData(nameof(Cells))]
    public void Run_Window_EqualsStepsAndLeavesTheStream(CellKind kind, bool linearBeforeReset)
    {
        using LatchModel model = Model(kind, linearBeforeReset, steps: 12);
        float[] samples = Samples(12), expected = StepAll(model.CreateSession(), samples), window = new float[12 * Units];
        Session session = model.CreateSession();
        float[] first = StepAll(session, samples.AsSpan(0, 5 * Inputs).ToArray());
        session.Run(samples, 12, window);
        Assert.Equal(expected, window);
        session.Run(samples, 12, window);
        Assert.Equal(expected, window);
        float[] rest = StepAll(session, samples.AsSpan(5 * Inputs).ToArray());
        Assert.Equal(expected, first.Concat(rest));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void ReadInputCodes_GivenToAnotherSession_YieldsTheSameIntegers(bool wide)
    {
        using LatchModel model = LatchModel.Create(LayerQuantizer.Model(new FloatLayer(new LayerOptions(CellKind.Lstm, Inputs, Units) { Wide = wide }, new Random(3))));
        Session original = model.CreateSession(), replay = model.CreateSession();
        float[] samples = Samples(20);
        var first = new CapturingProbe();
        var second = new CapturingProbe();
        short[] inputs = new short[Inputs], outputs = new short[Units], replayed = new short[Units];
        for (int step = 0; step < 20; step++)
        {
            original.Step(samples.AsSpan(step * Inputs, Inputs), new float[Units], ref first);
            original.ReadInputCodes(inputs);
            original.ReadOutputCodes(outputs);
            replay.Step(inputs, replayed, ref second);
            Assert.Equal(outputs, replayed);
            Assert.Equal(first.Frames[^1].Cell, second.Frames[^1].Cell);
            Assert.Equal(first.Frames[^1].Gates, second.Frames[^1].Gates);
        }
        Assert.Contains(outputs, static code => code != 0);
        Assert.Throws<ArgumentException>(() => original.ReadInputCodes(outputs));
    }

    [Fact]
    public void Run_ReverseLayer_EqualsTheForwardLayerOnReversedTime()
    {
        var options = new LayerOptions(CellKind.Gru, Inputs, Units);
        using LatchModel forward = LatchModel.Create(LayerQuantizer.Model(new FloatLayer(options, new Random(3)), steps: 7));
        using LatchModel reverse = LatchModel.Create(LayerQuantizer.Model(new FloatLayer(options with { Reverse = true }, new Random(3)), steps: 7));
        float[] samples = Samples(7), expected = new float[7 * Units], actual = new float[7 * Units];
        forward.CreateSession().Run([.. samples.Chunk(Inputs).Reverse().SelectMany(sample => sample)], 7, expected);
        reverse.CreateSession().Run(samples, 7, actual);
        Assert.Equal(expected.Chunk(Units).Reverse().SelectMany(result => result), actual);
    }

    [Fact]
    public void Step_ReverseLayer_NamesTheReason()
    {
        var options = new LayerOptions(CellKind.Gru, Inputs, Units) { Reverse = true };
        using LatchModel model = LatchModel.Create(LayerQuantizer.Model(new FloatLayer(options, new Random(3)), steps: 7));
        Assert.False(model.CanStep);
        InvalidOperationException error = Assert.Throws<InvalidOperationException>(() => model.CreateSession().Step(new float[Inputs], new float[Units]));
        Assert.Contains("node 'cell' walks backward", error.Message, StringComparison.Ordinal);
        Assert.Throws<InvalidOperationException>(() => model.CreateSession().Run(new float[3 * Inputs], 3, new float[3 * Units]));
    }

    [Theory]
    [MemberData(nameof(Cells))]
    public void LoadState_SavedState_ContinuesExactly(CellKind kind, bool linearBeforeReset)
    {
        using LatchModel model = Model(kind, linearBeforeReset);
        float[] samples = Samples(20);
        samples[10 * Inputs] = float.NaN;
        float[] expected = StepAll(model.CreateSession(), samples);
        Session first = model.CreateSession(), second = model.CreateSession();
        float[] begin = StepAll(first, samples.AsSpan(0, 10 * Inputs).ToArray());
        int[] state = new int[first.StateSize];
        first.SaveState(state);
        StepAll(second, Samples(3));
        second.LoadState(state);
        Assert.Equal(10, second.StepCount);
        Assert.Equal(expected, begin.Concat(StepAll(second, samples.AsSpan(10 * Inputs).ToArray())));
    }

    [Fact]
    public void Reset_AfterSteps_BeginsAnew()
    {
        using LatchModel model = Model(CellKind.Lstm, true);
        Session session = model.CreateSession();
        float[] samples = Samples(6), first = StepAll(session, samples);
        Assert.NotEqual(first, StepAll(session, samples));
        session.Reset();
        Assert.Equal(first, StepAll(session, samples));
    }

    [Fact]
    public void CreateSession_TwoOfOneModel_AreIndependent()
    {
        using LatchModel model = Model(CellKind.Lstm, true);
        float[] samples = Samples(10), expected = StepAll(model.CreateSession(), samples), result = new float[Units];
        Session first = model.CreateSession(), second = model.CreateSession();
        second.Gates.Force(0, Gate.Forget, GateForce.Closed);
        List<float> interleaved = [];
        foreach (float[] sample in samples.Chunk(Inputs))
        {
            first.Step(sample, result);
            interleaved.AddRange(result);
            second.Step([.. sample.Select(value => -value)], result);
        }
        Assert.Equal(expected, interleaved);
    }

    [Fact]
    public async Task CreateSession_TwoThreads_GiveTheSame()
    {
        using LatchModel model = Model(CellKind.Gru, true);
        float[] samples = Samples(3000), expected = StepAll(model.CreateSession(), samples);
        CancellationToken stop = TestContext.Current.CancellationToken;
        float[][] results = await Task.WhenAll(Enumerable.Range(0, 2).Select(_ => Task.Run(() => StepAll(model.CreateSession(), samples), stop)));
        Assert.All(results, result => Assert.Equal(expected, result));
    }

    [Fact]
    public void Step_WrongLength_NamesTheSpanAndBothLengths()
    {
        using LatchModel model = Model(CellKind.Lstm, true, steps: 4);
        Session session = model.CreateSession();
        float[] result = new float[Units];
        ArgumentException error = Assert.Throws<ArgumentException>(() => session.Step(new float[Inputs + 1], result));
        Assert.Equal("sample", error.ParamName);
        Assert.Contains($"{Inputs + 1}", error.Message, StringComparison.Ordinal);
        Assert.Contains($"exactly {Inputs}", error.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => session.Step(new float[Inputs], new float[Units - 1]));
        Assert.Throws<ArgumentException>(() => session.Step(new sbyte[Inputs - 1], new short[Units]));
        Assert.Throws<ArgumentException>(() => session.Run(new float[4 * Inputs], 4, new float[Units]));
        Assert.Throws<ArgumentException>(() => session.Run(new float[4 * Inputs], 3, new float[3 * Units]));
        Assert.Throws<ArgumentException>(() => session.SaveState(new int[1]));
        Assert.Throws<ArgumentException>(() => session.LoadState(new int[session.StateSize + 1]));
        Assert.Equal(0, session.StepCount);
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    [InlineData(float.NegativeInfinity)]
    public void Step_ReadingNotFinite_HoldsTheLastFiniteOne(float bad)
    {
        using LatchModel model = Model(CellKind.Lstm, true, steps: 3);
        float[] broken = Samples(3), held = Samples(3);
        broken[0] = bad;
        held[0] = 0;
        broken[Inputs + 2] = broken[(2 * Inputs) + 2] = bad;
        held[Inputs + 2] = held[(2 * Inputs) + 2] = held[2];
        Session session = model.CreateSession();
        Assert.Equal(StepAll(model.CreateSession(), held), StepAll(session, broken));
        Assert.Equal(3, session.HeldReadings);
        float[] expected = new float[3 * Units], actual = new float[3 * Units];
        session.Run(held, 3, expected);
        session.Run(broken, 3, actual);
        Assert.Equal(expected, actual);
        Assert.Equal(6, session.HeldReadings);
    }

    [Fact]
    public void Step_Codes_EqualsReadingsOfTheSameCodes()
    {
        using LatchModel model = Model(CellKind.Lstm, true);
        Quantization input = model.Definition.Layers[0].Input, output = model.Definition.Step!.Tensors[1].Quantization;
        sbyte[] codes = [-128, -3, 0, 55, 127];
        float[] sample = [.. codes.Select(code => (float)(input.Scale * (code - input.ZeroPoint)))], result = new float[Units];
        short[] narrow = new short[Units], wide = new short[Units];
        model.CreateSession().Step(sample, result);
        model.CreateSession().Step(codes, narrow);
        model.CreateSession().Step([.. codes.Select(code => (short)code)], wide);
        Assert.Equal(narrow, wide);
        Assert.Equal(result, narrow.Select(code => (float)(output.Scale * code)));
    }

    [Fact]
    public void Step_Channels_NormalisesEachReading()
    {
        Channel[] channels =
        [
            new("a", "K", Mean: 300, Deviation: 10), new("b"), new("c", "B/s", ChannelTransform.Log1p, 5, 2), new("d", Mean: -1), new("e", Deviation: 0.5, Limit: 1),
        ];
        var source = new FloatLayer(new LayerOptions(CellKind.Lstm, Inputs, Units), new Random(3));
        using LatchModel plain = LatchModel.Create(LayerQuantizer.Model(source)), scaled = LatchModel.Create(LayerQuantizer.Model(source, channels: channels));
        float[] expected = new float[Units], actual = new float[Units];
        plain.CreateSession().Step([1.5f, 0.25f, (float)((Math.Log(1 + 400.0) - 5) / 2), -0.5f, 1], expected);
        scaled.CreateSession().Step([315, 0.25f, 400, -1.5f, 70], actual);
        Assert.Equal(expected, actual);
    }

    [Fact]
    public void ReadTensor_AfterAStep_GivesTheValuesOfTheLastPlan()
    {
        using LatchModel model = Model(CellKind.Lstm, true, steps: 4);
        Session session = model.CreateSession();
        float[] result = new float[Units], values = new float[4 * Units];
        session.Step(Samples(1), result);
        Assert.Equal(Units, session.ReadTensor("y", values));
        Assert.Equal(result, values.Take(Units));
        session.Run(Samples(4), 4, new float[4 * Units]);
        Assert.Equal(4 * Inputs, session.ReadTensor("x", values));
        Assert.Equal(-1, session.ReadTensor("nothing", values));
        Assert.Throws<ArgumentException>(() => session.ReadTensor("y", result));
    }

    [Fact]
    public void CreateSession_DisposedModel_Throws()
    {
        LatchModel model = Model(CellKind.Rnn, true);
        model.Dispose();
        Assert.Throws<ObjectDisposedException>(model.CreateSession);
    }

    [Fact]
    public void Create_BrokenBound_IsRefused()
    {
        ModelDefinition good = LayerQuantizer.Model(new FloatLayer(new LayerOptions(CellKind.Lstm, Inputs, Units), new Random(3)));
        sbyte[] weights = good.Constants["W"].Int8.ToArray();
        weights[0] = sbyte.MinValue;
        Dictionary<string, ConstantTensor> constants = new(good.Constants) { ["W"] = ConstantTensor.Of("W", [4 * Units, Inputs], weights) };
        ModelFormatException error = Assert.Throws<ModelFormatException>(() => LatchModel.Create(good with { Constants = constants }));
        Assert.Contains("row 0", error.Message, StringComparison.Ordinal);
    }

    private static LatchModel Model(CellKind kind, bool linearBeforeReset, int steps = 0) => LatchModel.Create(LayerQuantizer.Model(
        new FloatLayer(new LayerOptions(kind, Inputs, Units) { LinearBeforeReset = linearBeforeReset }, new Random(3)), steps));

    private static float[] Samples(int steps)
    {
        var random = new Random(11);
        return [.. Enumerable.Range(0, steps * Inputs).Select(_ => (3 * random.NextSingle()) - 1.5f)];
    }

    private static float[] StepAll(Session session, float[] samples)
    {
        float[] results = new float[samples.Length / Inputs * Units];
        for (int step = 0; step < samples.Length / Inputs; step++)
            session.Step(samples.AsSpan(step * Inputs, Inputs), results.AsSpan(step * Units, Units));
        return results;
    }

    private struct CountingProbe : IGateProbe
    {
        public int Frames { get; private set; }

        public void OnStep(in GateFrame frame) => Frames++;
    }
}
