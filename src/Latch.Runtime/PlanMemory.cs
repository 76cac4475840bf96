using Latch.Runtime.Cells;

namespace Latch.Runtime;

/// <summary>Everything a session changes while it executes one plan.</summary>
internal sealed class PlanMemory
{
    public PlanMemory(ExecutionPlan plan)
    {
        Arena = new Arena(plan.ArenaBytes);
        States = plan.CreateStates();
        Prepared = new AlignedBuffer(plan.Memory.Prepared);
        Values = new AlignedBuffer(plan.Memory.Values * sizeof(int));
        Gathered = new AlignedBuffer(plan.Memory.Gathered);
        plan.FillConstants(Arena);
        plan.ClearInputs(Arena);
    }

    public Arena Arena { get; }

    /// <summary>One per recurrent operation, in execution order.</summary>
    public RecurrentState[] States { get; }

    /// <summary>Working memory for the prepared codes of one dense row.</summary>
    public AlignedBuffer Prepared { get; }

    /// <summary>Working memory for the values of one dense row, filled up to whole tiles.</summary>
    public AlignedBuffer Values { get; }

    /// <summary>Working memory for the codes gathered for one row, and its results.</summary>
    public AlignedBuffer Gathered { get; }

    /// <summary>Bytes of all of it.</summary>
    public long Bytes
    {
        get
        {
            long bytes = Arena.Length + Prepared.Length + Values.Length + Gathered.Length;
            foreach (RecurrentState state in States)
                bytes += state.Bytes;
            return bytes;
        }
    }

    /// <summary>Executions since the reset.</summary>
    public long Executions { get; set; }
}
