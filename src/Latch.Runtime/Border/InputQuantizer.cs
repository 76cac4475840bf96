using Latch.Model;

namespace Latch.Runtime.Border;

/// <summary>
/// Where a reading becomes a code: normalised by its channel (transform, mean, deviation; channels count through the inputs of one step),
/// then floor(x / s + 1/2) + z, limited to the codes. A reading that is not finite holds the value of the step before.
/// </summary>
internal sealed class InputQuantizer
{
    private readonly ExecutionPlan _plan;
    private readonly IReadOnlyList<Channel> _channels;
    private readonly bool _carry;

    /// <param name="plan">The plan whose inputs are written.</param>
    /// <param name="channels">Channels of one step; none means already normalised.</param>
    /// <param name="carry">True for a streaming plan: the arena still holds the step before.</param>
    public InputQuantizer(ExecutionPlan plan, IReadOnlyList<Channel> channels, bool carry) => (_plan, _channels, _carry) = (plan, channels, carry);

    /// <summary>Writes all inputs; returns the number of readings that were not finite.</summary>
    public int Quantize(ReadOnlySpan<float> values, Arena arena)
    {
        int held = 0, channel = 0;
        foreach (int tensor in _plan.InputTensors)
        {
            CodeSpan codes = _plan.Slot(tensor).In(arena);
            int perStep = Math.Max(1, codes.Count / _plan.Definition.Steps);
            held += Quantize(values[..codes.Count], codes, _plan.Definition.Tensors[tensor].Quantization, channel, perStep);
            values = values[codes.Count..];
            channel += perStep;
        }
        return held;
    }

    private int Quantize(ReadOnlySpan<float> values, CodeSpan codes, Quantization quantization, int firstChannel, int perStep)
    {
        int held = 0;
        for (int i = 0; i < values.Length; i++)
        {
            double value = _channels.Count > 0 ? Normalise(values[i], _channels[firstChannel + (i % perStep)]) : values[i];
            if (double.IsFinite(value))
            {
                codes[i] = (int)Math.Clamp(Math.Floor((value / quantization.Scale) + 0.5) + quantization.ZeroPoint, quantization.MinCode, quantization.MaxCode);
                continue;
            }
            held++;
            if (i >= perStep)
                codes[i] = codes[i - perStep];
            else if (!_carry)
                codes[i] = quantization.ZeroPoint;
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
