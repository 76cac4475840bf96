using Latch.Agent.Configuration;
using Latch.Model;
using Latch.Runtime;

namespace Latch.Agent.Loop;

/// <summary>Which readings a channel can have: limits from the configuration, else a multiple of the calibrated range of the model's input.</summary>
internal sealed class ReadingLimits
{
    private readonly Channel?[] _normalised; // null: the limits are of the raw reading
    private readonly ReadingRange[] _ranges;

    /// <exception cref="AgentException">The configuration names a channel that the model does not have.</exception>
    public ReadingLimits(LatchModel model, FaultOptions options)
    {
        (_normalised, _ranges) = (new Channel?[model.InputSize], new ReadingRange[model.InputSize]);
        int at = 0;
        foreach (PlanPort port in model.Definition.Step!.Inputs)
        {
            ActivationTensor tensor = model.Definition.Step.Tensors[port.Tensor];
            ReadingRange range = options.RangeFactor > 0
                ? new(options.RangeFactor * Real(tensor.Quantization, tensor.Quantization.MinCode), options.RangeFactor * Real(tensor.Quantization, tensor.Quantization.MaxCode))
                : new(double.NegativeInfinity, double.PositiveInfinity);
            for (int i = 0; i < tensor.Count; i++, at++)
                (_ranges[at], _normalised[at]) = (range, at < model.Channels.Count ? model.Channels[at] with { Limit = null } : new Channel(""));
        }

        foreach ((string name, ReadingRange range) in options.Ranges)
        {
            int channel = IndexOf(model, name, "faults.ranges");
            (_ranges[channel], _normalised[channel]) = (range, null);
        }
    }

    /// <summary>Whether a finite reading is possible.</summary>
    public bool Allow(int channel, float reading)
    {
        double value = _normalised[channel] is { } normalised ? normalised.Normalise(reading) : reading;
        return value >= _ranges[channel].Least && value <= _ranges[channel].Greatest;
    }

    /// <summary>Index of a channel named in the configuration.</summary>
    /// <exception cref="AgentException">The model has no such channel.</exception>
    public static int IndexOf(LatchModel model, string name, string path)
    {
        for (int at = 0; at < model.Channels.Count; at++)
            if (model.Channels[at].Name == name)
                return at;
        throw new AgentException(model.Channels.Count == 0
            ? $"{path}: the model does not name its channels, so '{name}' cannot be found."
            : $"{path}: the model has no channel '{name}'; it has {string.Join(", ", model.Channels.Select(static channel => channel.Name))}.");
    }

    private static double Real(Quantization quantization, int code) => quantization.Scale * (code - quantization.ZeroPoint);
}
