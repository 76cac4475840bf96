namespace Latch.Mqtt.Formats;

/// <summary>Writes the metrics of a Sparkplug B payload. Field numbers and types are those of the specification's protobuf definition.</summary>
internal static class SparkplugMetric
{
    private const int PayloadTimestamp = 1;
    private const int PayloadMetric = 2;
    private const int PayloadSequence = 3;

    private const int Name = 1;
    private const int Alias = 2;
    private const int Timestamp = 3;
    private const int Datatype = 4;
    private const int IsHistorical = 5;
    private const int IsNull = 7;
    private const int Properties = 9;
    private const int LongValue = 11;
    private const int FloatValue = 12;
    private const int DoubleValue = 13;
    private const int BooleanValue = 14;
    private const int StringValue = 15;

    private const uint Int64Type = 4;
    private const uint FloatType = 9;
    private const uint DoubleType = 10;
    private const uint BooleanType = 11;
    private const uint StringType = 12;

    /// <summary>What names a metric: the name in a birth, the alias in data, both when the birth gives the alias.</summary>
    /// <param name="Text">The name; null in data.</param>
    /// <param name="Number">The alias; null for a metric without.</param>
    /// <param name="Time">When the value was taken.</param>
    /// <param name="Late">Whether the value is history.</param>
    /// <param name="Unit">The engineering unit; null or empty for none.</param>
    public readonly record struct Head(string? Text, int? Number, DateTimeOffset Time, bool Late = false, string? Unit = null);

    public static void Begin(ProtobufWriter payload, DateTimeOffset time) => payload.Varint(PayloadTimestamp, Milliseconds(time));

    public static void Sequence(ProtobufWriter payload, byte sequence) => payload.Varint(PayloadSequence, sequence);

    public static void Add(ProtobufWriter payload, in Head head, long value) => Add(payload, head, Int64Type, metric => metric.Varint(LongValue, (ulong)value));

    public static void Add(ProtobufWriter payload, in Head head, bool value) => Add(payload, head, BooleanType, metric => metric.Bool(BooleanValue, value));

    public static void Add(ProtobufWriter payload, in Head head, string? value) =>
        Add(payload, head, StringType, value is null ? null : metric => metric.Text(StringValue, value));

    public static void Add(ProtobufWriter payload, in Head head, float value) =>
        Add(payload, head, FloatType, float.IsFinite(value) ? metric => metric.Float(FloatValue, value) : null);

    public static void Add(ProtobufWriter payload, in Head head, double value) =>
        Add(payload, head, DoubleType, double.IsFinite(value) ? metric => metric.Double(DoubleValue, value) : null);

    private static void Add(ProtobufWriter payload, in Head head, uint type, Action<ProtobufWriter>? value)
    {
        ProtobufWriter metric = new();
        if (head.Text is { } name)
            metric.Text(Name, name);
        if (head.Number is { } alias)
            metric.Varint(Alias, (ulong)alias);
        metric.Varint(Timestamp, Milliseconds(head.Time));
        metric.Varint(Datatype, type);
        if (head.Late)
            metric.Bool(IsHistorical, true);
        if (value is null)
            metric.Bool(IsNull, true);
        if (head.Unit is { Length: > 0 } unit)
            metric.Message(Properties, Unit(unit));
        value?.Invoke(metric);
        payload.Message(PayloadMetric, metric);
    }

    // A property set: keys (1) and values (2), each value with its type (1) and a string (8). engUnit is the key hosts look for.
    private static ProtobufWriter Unit(string unit)
    {
        ProtobufWriter value = new();
        value.Varint(1, StringType);
        value.Text(8, unit);
        ProtobufWriter set = new();
        set.Text(1, "engUnit");
        set.Message(2, value);
        return set;
    }

    private static ulong Milliseconds(DateTimeOffset time) => (ulong)time.ToUnixTimeMilliseconds();
}
