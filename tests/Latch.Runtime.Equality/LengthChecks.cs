namespace Latch.Runtime.Equality;

/// <summary>Every length of inputs and of hidden states, all cells, both widths of codes.</summary>
internal static class LengthChecks
{
    private static readonly int[] s_units = [1, 5, 16, 19];
    private static readonly int[] s_inputs = [1, 7, 33];
    private static readonly SumProfile[] s_profiles = [SumProfile.Curved, SumProfile.Saturating, SumProfile.Ties];

    /// <summary>Input sizes, with a hidden size that changes from one to the next; every profile and width.</summary>
    public static void Inputs(EqualityRun run)
    {
        foreach (int length in run.Lengths)
        {
            foreach (CellShape cell in CellShape.EveryCell(length, s_units[length % s_units.Length]))
            {
                foreach (SumProfile profile in Enum.GetValues<SumProfile>())
                {
                    ModelRunner.Run(run, cell with { Seed = length + (int)profile, Profile = profile });
                    ModelRunner.Run(run, cell with { Seed = length + (int)profile, Profile = profile, Wide = true });
                }
            }
        }
    }

    /// <summary>Hidden sizes, with an input size that changes from one to the next.</summary>
    public static void Hidden(EqualityRun run)
    {
        foreach (int length in run.Lengths)
            Check(run, s_inputs[length % s_inputs.Length], length);
    }

    // Exact sums of both widths at every length; the other profiles and widths take turns by length and cell, for they cost the square of the length.
    private static void Check(EqualityRun run, int inputs, int units)
    {
        int turn = units + (units / 12);
        foreach (CellShape cell in CellShape.EveryCell(inputs, units))
        {
            ModelRunner.Run(run, cell with { Seed = units });
            ModelRunner.Run(run, cell with { Seed = units + 1, Wide = true });
            ModelRunner.Run(run, cell with { Seed = units + 2, Profile = s_profiles[turn % s_profiles.Length], Wide = turn / s_profiles.Length % 2 == 1 });
            turn++;
        }
    }
}
