namespace Latch.Runtime.Operators;

/// <summary>One operation of a plan, bound to its tensors' places. Immutable and shared by all sessions.</summary>
internal abstract class PlanOperator
{
    /// <summary>What it needs of a session's working memory.</summary>
    public virtual RowMemory Memory => default;

    /// <summary>Reads its operands from the arena and writes its result there.</summary>
    public abstract void Execute(PlanMemory memory);
}
