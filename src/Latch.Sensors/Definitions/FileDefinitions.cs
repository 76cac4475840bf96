using Latch.Sensors.Csv;
using Latch.Sensors.Host;

namespace Latch.Sensors.Definitions;

/// <summary>This machine's own telemetry: <c>{"kind": "host", "root": "/"}</c>.</summary>
internal sealed class HostDefinition(DefinitionReader reader) : SourceDefinition
{
    private readonly string _root = reader.Text("root", "/")!;

    internal override ISensorSource Open(SourceContext context)
    {
        try
        {
            return new HostSensorSource(context.SampleRate, _root, context.Clock);
        }
        catch (PlatformNotSupportedException e)
        {
            throw new SensorException("host", e.Message, e);
        }
    }
}

/// <summary>A recording: <c>{"kind": "csv", "file": "pump.csv.gz", "rate": 10, "loop": true}</c>.</summary>
internal sealed class CsvDefinition(DefinitionReader reader) : SourceDefinition
{
    private readonly string _file = reader.RequiredText("file");
    private readonly double _rate = reader.Number("rate", double.NaN, above: 0);
    private readonly bool _loop = reader.Flag("loop");

    internal override ISensorSource Open(SourceContext context)
    {
        string path = Path.Combine(context.Folder, _file);
        double? rate = double.IsNaN(_rate) ? null : _rate;
        return _loop ? new LoopedCsvSource(path, rate) : new CsvReplaySource(path, rate);
    }
}

/// <summary>Rows on standard input: <c>{"kind": "stdin"}</c>.</summary>
internal sealed class StdinDefinition(DefinitionReader reader) : SourceDefinition
{
    private readonly double _rate = reader.Number("rate", double.NaN, above: 0);

    internal override bool Waits => true;

    internal override ISensorSource Open(SourceContext context) =>
        new CsvReplaySource(context.Input ?? Console.OpenStandardInput(), "standard input", double.IsNaN(_rate) ? context.SampleRate : _rate);
}
