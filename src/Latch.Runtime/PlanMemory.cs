using Latch.Runtime.Cells;

namespace Latch.Runtime;

/// <summary>Everything a session changes while it executes one plan.</summary>
internal sealed class PlanMemory
{
    public PlanMemory(ExecutionPlan plan)
    {
        Arena = new Arena(plan.ArenaBytes);
        States = plan.CreateStates();
        Sums = new int[plan.LargestRow];
        plan.FillConstants(Arena);
        plan.ClearInputs(Arena);
    }

    public Arena Arena { get; }

    /// <summary>One per recurrent operation, in execution order.</summary>
    public RecurrentState[] States { get; }

    /// <summary>Working memory for the sums of one dense row.</summary>
    public int[] Sums { get; }

    /// <summary>Executions since the reset.</summary>
    public long Executions { get; set; }
}
