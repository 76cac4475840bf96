using Latch.Model;
using Latch.Runtime.Kernels;

namespace Latch.Runtime.Cells;

/// <summary>A gate's function and the limit of its argument.</summary>
/// <param name="limit">L: pre-activations are limited to +-L, Q.13.</param>
/// <param name="function">The function.</param>
internal readonly struct GateRule(int limit, ActivationFunction function)
{
    public readonly ActivationFunction Function = function;

    public readonly int Limit = limit;

    /// <summary>The limit within the table, for the two curves.</summary>
    public readonly int CurveLimit = Math.Min(limit, function.Kind == ActivationKind.Tanh ? CurveLimits.Tanh : CurveLimits.Sigmoid);
}
