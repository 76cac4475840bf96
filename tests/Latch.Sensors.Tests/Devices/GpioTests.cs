using System.Collections.Concurrent;
using System.Device.Gpio;
using System.Diagnostics;
using Latch.Sensors.Outputs;
using Latch.Sensors.Simulated;

namespace Latch.Sensors.Tests.Devices;

public sealed class GpioTests
{
    private readonly SimulatedGpioDriver _driver = new();

    private DeviceAccess Access => new() { OpenGpio = _ => _driver };

    [Fact]
    public void Source_StateAndCount_FollowTheLines()
    {
        using ISensorSource source = Sources.Open("""
            {"kind": "gpio", "chip": 0, "lines": [
                {"name": "door", "line": 3, "pull": "up", "activeLow": true},
                {"name": "rises", "line": 4, "read": "count"},
                {"name": "both", "line": 5, "read": "count", "edges": "both"},
                {"name": "falls", "line": 6, "read": "count", "edges": "falling"}]}
            """, Access);
        Assert.Equal(PinMode.InputPullUp, _driver.Mode(3));
        Assert.Equal(0, Sources.Read(source)["door"]); // pulled up: off
        _driver.Drive(3, PinValue.Low);
        foreach (int line in (int[])[4, 5, 6])
            Pulse(line, 3);
        Dictionary<string, float> read = Sources.Read(source);
        Assert.Equal((1f, 3f, 6f, 3f), (read["door"], read["rises"], read["both"], read["falls"]));
    }

    [Fact]
    public void Source_Rate_IsEdgesPerSecondOfTheClock()
    {
        ManualClock clock = new();
        using ISensorSource source = Sources.Open("""{"kind": "gpio", "lines": [{"name": "flow", "line": 1, "read": "rate"}]}""", Access, clock: clock);
        Pulse(1, 50);
        clock.Advance(0.5);
        Assert.Equal(100, Sources.Read(source)["flow"]);
        Pulse(1, 1);
        clock.Advance(2);
        Assert.Equal(0.5f, Sources.Read(source)["flow"]);
        clock.Advance(1);
        Assert.Equal(0, Sources.Read(source)["flow"]);
        Assert.Equal("1/s", source.Channels[0].Unit);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Source_PulseWidth_IsThatOfTheLastWholePulse(bool activeLow)
    {
        ManualClock clock = new();
        PinValue on = activeLow ? PinValue.Low : PinValue.High;
        _driver.Drive(1, !on);
        using ISensorSource source = Sources.Open($$"""{"kind": "gpio", "lines": [{"name": "w", "line": 1, "read": "pulseWidth", "activeLow": {{(activeLow ? "true" : "false")}}}]}""", Access, clock: clock);
        Assert.Equal(float.NaN, Sources.Read(source)["w"]);
        _driver.Drive(1, on);
        clock.Advance(0.025);
        Assert.Equal(float.NaN, Sources.Read(source)["w"]);
        _driver.Drive(1, !on);
        clock.Advance(9);
        Assert.Equal(25, Sources.Read(source)["w"], 3);
    }

    [Fact]
    public void Source_ChipGoneAndLineUnknown_NameTheLine()
    {
        string message = Assert.Throws<SensorException>(() => Sources.Open("""{"kind": "gpio", "chip": 2, "lines": [{"name": "a", "line": 99}]}""", Access)).Message;
        Assert.StartsWith("/dev/gpiochip2, line 99: cannot be taken: the chip has 32 lines.", message, StringComparison.Ordinal);
        using ISensorSource source = Sources.Open("""{"kind": "gpio", "lines": [{"name": "a", "line": 1}]}""", new DeviceAccess { OpenGpio = _ => _driver });
        _driver.Failure = new IOException("No such device");
        Assert.StartsWith("/dev/gpiochip0, line 1: cannot be read: No such device.", Assert.Throws<SensorException>(() => Sources.Read(source)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Source_NoSuchChip_SaysWhatToDo()
    {
        string message = Assert.Throws<SensorException>(() => Sources.Open("""{"kind": "gpio", "chip": 200, "lines": [{"name": "a", "line": 1}]}""")).Message;
        Assert.StartsWith("/dev/gpiochip200", message, StringComparison.Ordinal);
        Assert.True(message.Contains("gpioinfo", StringComparison.Ordinal) || message.Contains("libgpiod", StringComparison.Ordinal), message);
    }

    [Fact]
    public void TryRead_ManySamples_AllocatesNothing()
    {
        using ISensorSource source = Sources.Open("""
            {"kind": "gpio", "lines": [{"name": "a", "line": 1}, {"name": "b", "line": 2, "read": "rate"}, {"name": "c", "line": 3, "read": "pulseWidth"}, {"name": "d", "line": 4, "read": "count"}]}
            """, Access);
        float[] sample = new float[4];
        Assert.Equal(0, AllocatedBytes.Of(10_000, () => source.TryRead(sample, out _)));
    }

    [Fact]
    public void Output_Levels_SetTheLine()
    {
        using IAlarmOutput output = Sources.OpenOutput("""{"kind": "gpio", "line": 17}""", _driver);
        Assert.Equal(PinMode.Output, _driver.Mode(17));
        output.Set(AlarmLevel.Alarm);
        WaitFor(PinValue.High);
        output.Set(AlarmLevel.Warning);
        WaitFor(PinValue.Low);
    }

    [Fact]
    public void Output_Pattern_KeepsItsTimesAndEnds()
    {
        ConcurrentQueue<(PinValue Value, long At)> writes = new();
        using IAlarmOutput output = Sources.OpenOutput("""{"kind": "gpio", "line": 17, "patterns": {"warning": {"on": 80, "off": 40, "repeat": 3}}}""", _driver);
        _driver.Written = (_, value) => writes.Enqueue((value, Stopwatch.GetTimestamp()));
        output.Set(AlarmLevel.Warning);
        (PinValue Value, long At)[] Seen() => [.. writes.SkipWhile(write => write.Value == PinValue.Low)];
        Assert.True(SpinWait.SpinUntil(() => Seen().Length >= 7, 5_000));
        // Whatever the pattern still wrote would come before the next level.
        output.Set(AlarmLevel.Normal);
        Assert.True(SpinWait.SpinUntil(() => Seen().Length >= 8, 5_000));
        (PinValue Value, long At)[] seen = Seen();
        Assert.Equal([true, false, true, false, true, false, false, false], seen.Select(write => (bool)write.Value));
        double[] gaps = [.. seen.Zip(seen.Skip(1), (first, second) => Stopwatch.GetElapsedTime(first.At, second.At).TotalMilliseconds)];
        for (int i = 0; i < 5; i++)
            Assert.InRange(gaps[i], i % 2 == 0 ? 79 : 39, i % 2 == 0 ? 400 : 360);
    }

    [Fact]
    public void Output_ActiveLowAndSafeOn_AreKeptBeforeAndAfter()
    {
        List<PinValue> writes = [];
        _driver.Written = (_, value) =>
        {
            lock (writes)
                writes.Add(value);
        };
        using (IAlarmOutput output = Sources.OpenOutput("""{"kind": "gpio", "line": 4, "activeLow": true, "safe": "on"}""", _driver))
            Assert.True(SpinWait.SpinUntil(() => _driver.Level(4) == PinValue.High, 5_000)); // normal is off: high
        Assert.Equal([PinValue.Low, PinValue.High, PinValue.Low], writes); // safe, normal, safe
        Assert.Null(_driver.Mode(4));
    }

    [Fact]
    public void Output_LevelChangedInAPattern_ShowsAtOnce()
    {
        using IAlarmOutput output = Sources.OpenOutput("""{"kind": "gpio", "line": 17, "patterns": {"warning": {"on": 60000, "off": 60000}}}""", _driver);
        output.Set(AlarmLevel.Warning);
        WaitFor(PinValue.High);
        output.Set(AlarmLevel.Normal);
        WaitFor(PinValue.Low);
    }

    [Fact]
    public void Output_ChipGone_SetFailsAndDisposeDoesNot()
    {
        IAlarmOutput output = Sources.OpenOutput("""{"kind": "gpio", "line": 17}""", _driver);
        _driver.Failure = new IOException("No such device");
        SensorException? error = null;
        Assert.True(SpinWait.SpinUntil(() =>
        {
            error = Record.Exception(() => output.Set(AlarmLevel.Alarm)) as SensorException;
            return error is not null;
        }, 5_000));
        Assert.StartsWith("/dev/gpiochip0, line 17: cannot be written: No such device.", error!.Message, StringComparison.Ordinal);
        output.Dispose();
        output.Dispose();
        Assert.Throws<ObjectDisposedException>(() => output.Set(AlarmLevel.Normal));
    }

    private void WaitFor(PinValue value) => Assert.True(SpinWait.SpinUntil(() => _driver.Level(17) == value, 5_000));

    private void Pulse(int line, int times)
    {
        for (int i = 0; i < times; i++)
        {
            _driver.Drive(line, PinValue.High);
            _driver.Drive(line, PinValue.Low);
        }
    }

    private sealed class ManualClock : TimeProvider
    {
        private long _now;

        public override long TimestampFrequency => 1_000_000;

        internal void Advance(double seconds) => _now += (long)(seconds * TimestampFrequency);

        public override long GetTimestamp() => _now;
    }
}
