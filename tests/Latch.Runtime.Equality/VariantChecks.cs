using Latch.Model;

namespace Latch.Runtime.Equality;

/// <summary>What the cells can do besides: peepholes, input_forget, cell formats, every activation, forced gates, cells filled to their ends.</summary>
internal static class VariantChecks
{
    private const int Half = 1 << 23, One = 1 << 24;

    private static readonly (int Inputs, int Units)[] s_sizes = [(3, 1), (20, 7), (5, 16), (17, 17), (3, 33), (9, 64), (16, 100)];

    // Made anew: as a static array, preinitialised, ILCompiler 10.0.12 for arm64 gave the loop over it an address without relocation (SIGSEGV).
    private static List<ActivationFunction> Functions() =>
    [
        new(ActivationKind.Identity), new(ActivationKind.Sigmoid), new(ActivationKind.Tanh), new(ActivationKind.Relu), new(ActivationKind.LeakyRelu, One / 100),
        new(ActivationKind.ThresholdedRelu, One), new(ActivationKind.Affine, Half, -One / 4), new(ActivationKind.ScaledTanh, One + Half, Half),
        new(ActivationKind.HardSigmoid, One / 5, Half), new(ActivationKind.Elu, One), new(ActivationKind.Softsign), new(ActivationKind.Softplus),
        new(ActivationKind.Clip, -One, 6 * One),
    ];

    /// <summary>Attributes and activations.</summary>
    public static void Variants(EqualityRun run)
    {
        foreach ((int inputs, int units) in Sizes(run))
        {
            int seed = inputs + units;
            foreach (SumProfile profile in Enum.GetValues<SumProfile>())
            {
                foreach (CellShape lstm in Attributes(new(CellKind.Lstm, inputs, units) { Profile = profile }))
                {
                    ModelRunner.Run(run, lstm with { Seed = seed++ });
                    ModelRunner.Run(run, lstm with { Seed = seed++, Wide = true });
                }
            }
            foreach (bool wide in (ReadOnlySpan<bool>)[false, true])
                ModelRunner.Run(run, new(CellKind.Gru, inputs, units) { LinearBeforeReset = true, Profile = SumProfile.Exact, Gate = new(ActivationKind.HardSigmoid, 1 << 12, 1 << 14), Seed = seed++, Wide = wide });
            foreach (CellShape cell in CellShape.EveryCell(inputs, units))
            {
                // Encodings that lanes must leave alone, and shifts beyond 32.
                ModelRunner.Run(run, cell with { Seed = seed++, Profile = SumProfile.Curved, Encoding = new(1 << 30, 30) });
                ModelRunner.Run(run, cell with { Seed = seed++, Profile = SumProfile.Curved, Encoding = new(1 << 30, 55) });
                ModelRunner.Run(run, cell with { Seed = seed++, Profile = SumProfile.Curved, Places = 12, Wide = true });
            }
            foreach (ActivationFunction function in Functions())
            {
                foreach (CellShape cell in CellShape.EveryCell(inputs, units).SelectMany(cell => Activated(cell, function)))
                    ModelRunner.Run(run, cell with { Seed = seed++, Wide = seed % 2 == 0, Profile = seed % 3 == 0 ? SumProfile.Saturating : SumProfile.Curved });
            }
        }
    }

    /// <summary>Each gate open, closed and held, for all units and for some.</summary>
    public static void Forces(EqualityRun run)
    {
        foreach ((int inputs, int units) in Sizes(run))
        {
            int[] some = [.. Enumerable.Range(0, units).Where(static unit => unit % 3 == 0)];
            foreach (CellShape cell in CellShape.EveryCell(inputs, units))
            {
                foreach (Gate gate in GateOrder.Of(cell.Kind).Where(static gate => gate is not (Gate.Cell or Gate.Hidden)))
                {
                    foreach (GateForce force in Enum.GetValues<GateForce>())
                    {
                        CellShape shape = cell with { Seed = (int)gate, Profile = SumProfile.Curved, InputForget = cell.Kind == CellKind.Lstm && gate == Gate.Input };
                        ModelRunner.Run(run, shape, prepare: session => session.Gates.Force(0, gate, force));
                        ModelRunner.Run(run, shape with { Wide = true }, prepare: session => session.Gates.Force(0, gate, force, some));
                    }
                }
            }
        }
    }

    /// <summary>A cell that grows step by step until its format ends.</summary>
    public static void Accumulation(EqualityRun run)
    {
        foreach (int bits in new[] { 24, 22 })
        {
            var shape = new CellShape(CellKind.Lstm, 9, 33) { CellFractionBits = bits, Profile = SumProfile.Saturating };
            var script = new StepScript(shape, freeSteps: 3 << (31 - bits), freePattern: 1);
            ModelRunner.Run(run, shape, script, static session =>
            {
                session.Gates.Force(0, Gate.Forget, GateForce.Open);
                session.Gates.Force(0, Gate.Input, GateForce.Open);
            });
        }
    }

    private static IEnumerable<(int Inputs, int Units)> Sizes(EqualityRun run) => run.IsQuick ? s_sizes[..5] : s_sizes;

    private static IEnumerable<CellShape> Attributes(CellShape lstm) =>
    [
        lstm with { Peepholes = true },
        lstm with { InputForget = true },
        lstm with { Peepholes = true, InputForget = true, CellFractionBits = 21 },
        lstm with { CellFractionBits = 18 },
        lstm with { CellFractionBits = 23, Output = new(ActivationKind.Identity) },
    ];

    private static IEnumerable<CellShape> Activated(CellShape cell, ActivationFunction function)
    {
        yield return cell with { Gate = function };
        if (cell.Kind != CellKind.Rnn)
            yield return cell with { Candidate = function };
        if (cell.Kind == CellKind.Lstm)
            yield return cell with { Output = function };
    }
}
