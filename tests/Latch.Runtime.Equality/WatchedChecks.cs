using Latch.Model;

namespace Latch.Runtime.Equality;

/// <summary>
/// Watched steps: their integers must be those of the unwatched step, their frames those of "scalar", and both the same when one gate is forced to the very value it has,
/// which takes the step through the general code that knows forced gates.
/// </summary>
internal static class WatchedChecks
{
    private static readonly (int Inputs, int Units)[] s_sizes = [(3, 1), (5, 16), (7, 33), (9, 64), (16, 140)];

    public static void Watched(EqualityRun run)
    {
        int seed = 0;
        foreach ((int inputs, int units) in run.IsQuick ? s_sizes[..3] : s_sizes)
        {
            foreach (CellShape cell in CellShape.EveryCell(inputs, units))
            {
                foreach (SumProfile profile in Enum.GetValues<SumProfile>())
                    Check(run, cell with { Seed = ++seed, Wide = seed % 2 == 0, Profile = profile });
            }
        }
    }

    private static void Check(EqualityRun run, CellShape shape)
    {
        var script = new StepScript(shape);
        ModelDefinition definition = LayerModel.Create(shape);
        int[][] expected = Frames(run, definition, shape, EqualityRun.Scalar, script);
        run.CountModel();
        foreach (string kernel in run.Kernels)
        {
            int[][] actual = Frames(run, definition, shape, kernel, script);
            for (int step = 0; step < script.Steps; step++)
                run.Compare(kernel, shape, $"frame of step {step}", expected[step], actual[step]);
        }
    }

    private static int[][] Frames(EqualityRun run, ModelDefinition definition, CellShape shape, string kernel, StepScript script)
    {
        using LatchModel model = LatchModel.Create(definition, new LatchModelOptions { Kernel = kernel });
        Session session = model.CreateSession();
        var frames = new int[script.Steps][];
        int[] before = new int[session.StateSize];
        for (int step = 0; step < script.Steps; step++)
        {
            script.TryFillState(step, before);
            short[] codes = script.Codes[step];
            NoGateProbe none = default;
            var watched = new FrameProbe();
            var forced = new FrameProbe();
            int[] plain = Step(session, model.OutputSize, before, codes, ref none);
            run.Compare(kernel, shape, $"watched step {step}", plain, Step(session, model.OutputSize, before, codes, ref watched));
            frames[step] = watched.Frame;
            if (shape.Kind != CellKind.Rnn && watched.Frame[0] is >= 0 and <= 1 << 24)
            {
                session.Gates.ForceValue(0, GateOrder.Of(shape.Kind)[0], watched.Frame[0], 0);
                run.Compare(kernel, shape, $"forced step {step}", plain, Step(session, model.OutputSize, before, codes, ref forced));
                run.Compare(kernel, shape, $"frame of forced step {step}", watched.Frame, forced.Frame);
                session.Gates.ReleaseAll();
            }
            plain.AsSpan(model.OutputSize).CopyTo(before);
        }
        return frames;
    }

    /// <summary>Result codes and state after one step from a state.</summary>
    private static int[] Step<TProbe>(Session session, int outputs, int[] before, short[] codes, ref TProbe probe)
        where TProbe : struct, IGateProbe
    {
        short[] result = new short[outputs];
        session.LoadState(before);
        session.Step(codes, result, ref probe);
        int[] after = new int[result.Length + before.Length];
        for (int i = 0; i < result.Length; i++)
            after[i] = result[i];
        session.SaveState(after.AsSpan(result.Length));
        return after;
    }

    /// <summary>Copies a frame: gates, pre-activations, and all counts.</summary>
    private struct FrameProbe : IGateProbe
    {
        public int[] Frame { get; private set; }

        public void OnStep(in GateFrame frame) => Frame =
        [
            .. frame.Gates, .. frame.PreActivations, .. frame.GateSaturations, frame.CellSaturations, frame.HiddenSaturations, frame.OutputSaturations,
        ];
    }
}
