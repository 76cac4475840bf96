using Latch.Model;
using Latch.Runtime.Kernels;

namespace Latch.Runtime.Operators;

/// <summary>One of two operands, element by element, repeated where a stride is 0; each rescaled to the output's codes.</summary>
internal sealed class WhereOperator(WhereOperation operation, TensorSlot[] slots) : PlanOperator
{
    private readonly int[] _dimensions = [.. operation.Dimensions];
    private readonly int[] _conditionStrides = [.. operation.ConditionStrides];
    private readonly int[] _trueStrides = [.. operation.TrueStrides];
    private readonly int[] _falseStrides = [.. operation.FalseStrides];
    private readonly TensorSlot _condition = slots[operation.Condition];
    private readonly TensorSlot _true = slots[operation.WhenTrue];
    private readonly TensorSlot _false = slots[operation.WhenFalse];
    private readonly TensorSlot _output = slots[operation.Output];

    /// <inheritdoc/>
    public override void Execute(PlanMemory memory) => Walk(memory, 0, default, 0);

    /// <summary>Walks the dimensions from <paramref name="dimension"/> on; returns the index of the next result.</summary>
    private int Walk(PlanMemory memory, int dimension, Place at, int index)
    {
        if (dimension == _dimensions.Length)
        {
            _output.In(memory.Arena)[index] = Choose(memory, at);
            return index + 1;
        }
        for (int i = 0; i < _dimensions[dimension]; i++)
        {
            index = Walk(memory, dimension + 1, at, index);
            at = new Place(at.Condition + _conditionStrides[dimension], at.True + _trueStrides[dimension], at.False + _falseStrides[dimension]);
        }
        return index;
    }

    private int Choose(PlanMemory memory, Place at) => _condition.In(memory.Arena)[at.Condition] >= operation.Threshold
        ? _output.Saturate(Requantize.Apply(_true.In(memory.Arena)[at.True] - _true.ZeroPoint, operation.TrueRescale))
        : _output.Saturate(Requantize.Apply(_false.In(memory.Arena)[at.False] - _false.ZeroPoint, operation.FalseRescale));

    /// <summary>Elements of the three operands.</summary>
    private readonly record struct Place(int Condition, int True, int False);
}
