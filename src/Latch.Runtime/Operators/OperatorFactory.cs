using Latch.Model;

namespace Latch.Runtime.Operators;

/// <summary>From a plan's operation to what executes it.</summary>
internal static class OperatorFactory
{
    public static PlanOperator Create(Operation operation, IReadOnlyList<TensorSlot> slots, ModelWeights weights) => operation switch
    {
        DenseOperation dense => new DenseOperator(dense, slots, weights),
        _ => throw new ArgumentException($"Operation '{operation.Name}' ({operation.GetType().Name}) has no implementation.", nameof(operation)),
    };
}
