using Latch.Sensors.Gpio;

namespace Latch.Sensors.Definitions;

/// <summary>Lines of a GPIO chip.</summary>
internal sealed class GpioDefinition : SourceDefinition
{
    private readonly int _chip;
    private readonly GpioLineOptions[] _lines;

    internal GpioDefinition(DefinitionReader reader)
    {
        _chip = (int)reader.Integer("chip", 0, 255, fallback: 0);
        _lines = [.. reader.Objects("lines").Select(GpioLineOptions.Read)];
        if (_lines.Length == 0)
            reader.Fault("lines", "at least one line is needed.");
        foreach (IGrouping<string, GpioLineOptions> twice in _lines.GroupBy(line => line.Name).Where(group => group.Count() > 1))
            reader.Fault("lines", $"two lines are named '{twice.Key}'.");
        foreach (IGrouping<int, GpioLineOptions> twice in _lines.GroupBy(line => line.Line).Where(group => group.Count() > 1))
            reader.Fault("lines", $"line {twice.Key} appears twice; a line can be read in one way only.");
    }

    internal override ISensorSource Open(SourceContext context) => new GpioSource(_chip, _lines, context);
}
