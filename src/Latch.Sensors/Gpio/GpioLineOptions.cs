using System.Device.Gpio;
using Latch.Sensors.Definitions;

namespace Latch.Sensors.Gpio;

/// <summary>What is read from a line.</summary>
internal enum GpioQuantity
{
    /// <summary>1 when the line is on, else 0.</summary>
    State,

    /// <summary>Edges since the source was opened.</summary>
    Count,

    /// <summary>Edges per second since the reading before.</summary>
    Rate,

    /// <summary>How long the line was on in the last whole pulse, in ms; missing before the first.</summary>
    PulseWidth,
}

/// <summary>One line as a channel.</summary>
/// <param name="Name">Channel name.</param>
/// <param name="Line">Line of the chip.</param>
/// <param name="Quantity">What is read.</param>
/// <param name="Edges">Which edges count: from off to on, from on to off, or both.</param>
/// <param name="Mode">Input, with the pull asked for.</param>
/// <param name="ActiveLow">Whether the low level is on.</param>
internal sealed record GpioLineOptions(string Name, int Line, GpioQuantity Quantity, PinEventTypes Edges, PinMode Mode, bool ActiveLow)
{
    internal string Unit => Quantity switch { GpioQuantity.Rate => "1/s", GpioQuantity.PulseWidth => "ms", _ => "" };

    internal static GpioLineOptions Read(DefinitionReader reader)
    {
        GpioLineOptions options = new(
            reader.RequiredText("name"),
            (int)reader.Integer("line", 0, 1023),
            reader.Choice("read", GpioQuantity.State, ("state", GpioQuantity.State), ("count", GpioQuantity.Count), ("rate", GpioQuantity.Rate), ("pulseWidth", GpioQuantity.PulseWidth)),
            reader.Choice("edges", PinEventTypes.Rising, ("rising", PinEventTypes.Rising), ("falling", PinEventTypes.Falling), ("both", PinEventTypes.Rising | PinEventTypes.Falling)),
            reader.Choice("pull", PinMode.Input, ("none", PinMode.Input), ("up", PinMode.InputPullUp), ("down", PinMode.InputPullDown)),
            reader.Flag("activeLow"));
        if (options.Quantity is not (GpioQuantity.Count or GpioQuantity.Rate) && reader.Has("edges"))
            reader.Fault("edges", "is of use only with \"read\": \"count\" or \"rate\".");
        reader.Finish();
        return options;
    }
}
