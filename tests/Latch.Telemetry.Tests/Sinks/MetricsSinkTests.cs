using System.Diagnostics.Metrics;
using Latch.Model;
using Latch.Runtime;
using Latch.Telemetry.Sinks;

namespace Latch.Telemetry.Tests.Sinks;

/// <summary>One class: a listener hears every meter of the process.</summary>
public sealed class MetricsSinkTests
{
    private const int Steps = 40;

    [Fact]
    public void Steps_TwoQueuesOfOneSession_AreCountedOnce()
    {
        using LatchModel model = TestModel.Create();
        using MetricsSink metrics = new(model);
        using TelemetryQueue first = new(model, metrics), second = new(model, new TestSink());
        metrics.Watch(first);
        metrics.Watch(second);
        Session session = model.CreateSession();
        ProbePair<TelemetryProbe, TelemetryProbe> pair = new(first.Probe, second.Probe);
        for (int step = 0; step < Steps; step++)
            session.Step(TestModel.Sample(step), new float[model.OutputSize], ref pair);
        long steps = 0, records = 0;
        using MeterListener listener = new();
        listener.InstrumentPublished = (instrument, self) =>
        {
            if (instrument.Meter.Name == MetricsSink.MeterName)
                self.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<long>((instrument, value, _, _) =>
        {
            steps = instrument.Name == "latch.steps" ? Math.Max(steps, value) : steps;
            records = instrument.Name == "latch.telemetry.records" ? Math.Max(records, value) : records;
        });
        listener.Start();
        listener.RecordObservableInstruments();
        Assert.Equal((Steps, 2L * Steps * 6), (steps, records));
    }

    [Fact]
    public void Instruments_AfterSteps_AreTheLastRecordsAndTheCounts()
    {
        using LatchModel model = TestModel.Create();
        TestSink records = new();
        MetricsSink metrics = new(model);
        // The same steps go to a sink that keeps them: what the meter shows is checked against those.
        using (TelemetryQueue kept = new(model, records), shown = new(model, metrics, new TelemetryQueueOptions { Every = 2 }))
        {
            metrics.Watch(shown);
            Session session = model.CreateSession();
            ProbePair<TelemetryProbe, TelemetryProbe> pair = new(kept.Probe, shown.Probe);
            for (int step = 0; step < Steps; step++)
                session.Step([4, -4], new float[model.OutputSize], ref pair);
            Assert.True(SpinWait.SpinUntil(() => shown.Status.Pending == 0 && kept.Status.Pending == 0, TimeSpan.FromSeconds(60)));
            List<Reading> readings = Observe();
            TelemetryRecord[] last = [.. records.Records.Where(static record => record.Step == Steps - 2)];
            string layer = model.Layers[0].Name;
            foreach ((string gate, int at) in ((string, int)[])[("input", 0), ("output", 1), ("forget", 2), ("cell", 3)])
            {
                Assert.Equal(last[at].Mean, Single(readings, "latch.gate.mean", layer, gate));
                Assert.Equal(last[at].Below + last[at].Above, Single(readings, "latch.gate.saturation", layer, gate));
                Assert.Equal(records.Records.Where(record => record.Step % 2 == 0 && record.Quantity == last[at].Quantity).Sum(static record => record.Saturated), Single(readings, "latch.gate.limited", layer, gate));
            }
            Assert.Equal((last[4].Mean, last[5].Mean), (Single(readings, "latch.cell.mean", layer, null), Single(readings, "latch.hidden.mean", layer, null)));
            Assert.Equal(Steps, Single(readings, "latch.steps", null, null));
            Assert.Equal((Steps / 2 * 6, 0.0), (Single(readings, "latch.telemetry.records", null, null), Single(readings, "latch.telemetry.dropped", null, null)));
        }
    }

    [Theory]
    [InlineData(CellKind.Lstm, 4)]
    [InlineData(CellKind.Gru, 3)]
    public void Instruments_TimeSeries_AreBoundedByLayersAndGates(CellKind kind, int gates)
    {
        using LatchModel model = TestModel.Create(kind);
        MetricsSink metrics = new(model);
        using TelemetryQueue queue = new(model, metrics);
        metrics.Watch(queue);
        Session session = model.CreateSession();
        TelemetryProbe probe = queue.Probe;
        for (int step = 0; step < Steps; step++)
            session.Step(TestModel.Sample(step), new float[model.OutputSize], ref probe);
        Assert.True(SpinWait.SpinUntil(() => queue.Status.Pending == 0, TimeSpan.FromSeconds(60)));
        List<Reading> readings = Observe();
        Assert.Equal(gates, readings.Count(static reading => reading.Name == "latch.gate.mean"));
        Assert.All(readings.GroupBy(static reading => reading.Name), series => Assert.InRange(series.Count(), 1, gates));
        Assert.Empty(readings.SelectMany(static reading => reading.Tags.Keys).Except(["latch.layer", "latch.gate"]));
        Assert.All(readings, static reading => Assert.Contains(reading.Unit, (string[])["1", "{value}", "{step}", "{record}", "{failure}"]));
    }

    private static double Single(List<Reading> readings, string name, string? layer, string? gate) => Assert.Single(readings, reading =>
        reading.Name == name && (string?)reading.Tags.GetValueOrDefault("latch.layer") == layer && (string?)reading.Tags.GetValueOrDefault("latch.gate") == gate).Value;

    private static List<Reading> Observe()
    {
        List<Reading> readings = [];
        using MeterListener listener = new();
        listener.InstrumentPublished = static (instrument, listener) =>
        {
            if (instrument.Meter.Name == "Latch")
                listener.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => readings.Add(new Reading(instrument.Name, instrument.Unit!, value, tags.ToArray().ToDictionary())));
        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => readings.Add(new Reading(instrument.Name, instrument.Unit!, value, tags.ToArray().ToDictionary())));
        listener.Start();
        listener.RecordObservableInstruments();
        return readings;
    }

    private sealed record Reading(string Name, string Unit, double Value, Dictionary<string, object?> Tags);
}
