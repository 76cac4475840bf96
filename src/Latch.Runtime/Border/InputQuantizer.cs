using System.Runtime.CompilerServices;
using Latch.Model;

namespace Latch.Runtime.Border;

/// <summary>
/// Where a reading becomes a code: normalised by its channel (transform, mean, deviation; channels count through the inputs of one step),
/// then floor(x r + 1/2) + z with r = 1 / s in double precision, limited to the codes. A reading that is not finite holds the value of the step before.
/// </summary>
internal sealed class InputQuantizer
{
    private readonly Input[] _inputs;
    private readonly Channel[] _channels;
    private readonly bool _carry;

    /// <param name="plan">The plan whose inputs are written.</param>
    /// <param name="channels">Channels of one step; none means already normalised.</param>
    /// <param name="carry">True for a streaming plan: the arena still holds the step before.</param>
    public InputQuantizer(ExecutionPlan plan, IReadOnlyList<Channel> channels, bool carry)
    {
        (_channels, _carry, _inputs) = ([.. channels], carry, new Input[plan.InputTensors.Length]);
        int channel = 0;
        for (int i = 0; i < _inputs.Length; i++)
        {
            _inputs[i] = new Input(plan.Slot(plan.InputTensors[i]), channel, plan.Steps);
            channel += _inputs[i].PerStep;
        }
    }

    /// <summary>Writes all inputs; returns the number of readings that were not finite.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public int Quantize(ReadOnlySpan<float> values, Arena arena)
    {
        int held = 0;
        foreach (ref readonly Input input in _inputs.AsSpan())
        {
            ReadOnlySpan<float> readings = values[..input.Slot.Count];
            CodeSpan codes = input.Slot.In(arena);
            // Whole vectors first, as far as readings are finite and come as they are.
            int done = _channels.Length == 0 ? input.Scale.Encode(readings, in codes) : 0;
            if (done < readings.Length)
                held += Quantize(readings, codes, done, in input);
            values = values[readings.Length..];
        }
        return held;
    }

    private int Quantize(ReadOnlySpan<float> values, in CodeSpan codes, int first, ref readonly Input input)
    {
        int held = 0;
        for (int i = first; i < values.Length; i++)
        {
            double value = _channels.Length > 0 ? Normalise(values[i], _channels[input.FirstChannel + (i % input.PerStep)]) : values[i];
            if (double.IsFinite(value))
            {
                codes[i] = input.Scale.Encode(value);
                continue;
            }
            held++;
            if (i >= input.PerStep)
                codes[i] = codes[i - input.PerStep];
            else if (!_carry)
                codes[i] = input.Slot.ZeroPoint;
        }
        return held;
    }

    private static double Normalise(double reading, Channel channel)
    {
        double value = channel.Transform == ChannelTransform.Log1p ? double.LogP1(Math.Max(reading, 0)) : reading;
        double normalised = (value - channel.Mean) / channel.Deviation;
        return channel.Limit is { } limit && double.IsFinite(normalised) ? Math.Clamp(normalised, -limit, limit) : normalised;
    }

    /// <summary>One input tensor: its place, its scale, its channels.</summary>
    private readonly struct Input(TensorSlot slot, int firstChannel, int steps)
    {
        public readonly TensorSlot Slot = slot;

        public readonly CodeScale Scale = new(slot);

        public readonly int FirstChannel = firstChannel;

        public readonly int PerStep = Math.Max(1, slot.Count / steps);
    }
}
