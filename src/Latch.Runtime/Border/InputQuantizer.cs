using System.Runtime.CompilerServices;
using Latch.Model;

namespace Latch.Runtime.Border;

/// <summary>
/// Where a reading becomes a code: normalised by its channel (transform, mean, deviation; channels count through the inputs of one step),
/// then floor(x r + 1/2) + z with r = 1 / s in double precision, limited to the codes. A reading that is not finite holds the value of the step before.
/// </summary>
internal sealed class InputQuantizer
{
    private readonly ExecutionPlan _plan;
    private readonly Channel[] _channels;
    private readonly bool _carry;

    /// <param name="plan">The plan whose inputs are written.</param>
    /// <param name="channels">Channels of one step; none means already normalised.</param>
    /// <param name="carry">True for a streaming plan: the arena still holds the step before.</param>
    public InputQuantizer(ExecutionPlan plan, IReadOnlyList<Channel> channels, bool carry) => (_plan, _channels, _carry) = (plan, [.. channels], carry);

    /// <summary>Writes all inputs; returns the number of readings that were not finite.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public int Quantize(ReadOnlySpan<float> values, Arena arena)
    {
        int held = 0, channel = 0;
        foreach (int tensor in _plan.InputTensors)
        {
            TensorSlot slot = _plan.Slot(tensor);
            CodeSpan codes = slot.In(arena);
            int perStep = Math.Max(1, codes.Count / _plan.Steps);
            var scale = new CodeScale(slot);
            // Whole vectors first, as far as readings are finite and come as they are.
            int done = _channels.Length == 0 ? scale.Encode(values[..codes.Count], codes) : 0;
            held += Quantize(values[..codes.Count], codes, done, in scale, channel, perStep);
            values = values[codes.Count..];
            channel += perStep;
        }
        return held;
    }

    private int Quantize(ReadOnlySpan<float> values, CodeSpan codes, int first, in CodeScale scale, int firstChannel, int perStep)
    {
        int held = 0;
        for (int i = first; i < values.Length; i++)
        {
            double value = _channels.Length > 0 ? Normalise(values[i], _channels[firstChannel + (i % perStep)]) : values[i];
            if (double.IsFinite(value))
            {
                codes[i] = scale.Encode(value);
                continue;
            }
            held++;
            if (i >= perStep)
                codes[i] = codes[i - perStep];
            else if (!_carry)
                codes[i] = scale.ZeroPoint;
        }
        return held;
    }

    private static double Normalise(double reading, Channel channel)
    {
        double value = channel.Transform == ChannelTransform.Log1p ? double.LogP1(Math.Max(reading, 0)) : reading;
        double normalised = (value - channel.Mean) / channel.Deviation;
        return channel.Limit is { } limit && double.IsFinite(normalised) ? Math.Clamp(normalised, -limit, limit) : normalised;
    }
}
