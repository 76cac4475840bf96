using System.Globalization;

namespace Latch.Board.Tests.Sensors;

/// <summary>The GPIO source and the alarm output on /dev/gpiochip0.</summary>
[Collection(BoardCollection.Name)]
public sealed class GpioTests(BoardFixture fixture)
{
    // The kernel turns interrupts into events by a thread: two interrupts before it runs are one event. An emulated second processor can stand still for longer than a pulse,
    // and the thread with it; on one processor it runs at once, for it goes before every program.
    private const string OneProcessor = "run echo 0 | sudo tee /sys/devices/system/cpu/cpu1/online >/dev/null; nproc";
    private const string TwoProcessors = "run echo 1 | sudo tee /sys/devices/system/cpu/cpu1/online >/dev/null; nproc";

    [Fact]
    public void Lines_States_FollowTheLevels()
    {
        Answers answers = fixture.Probe.Run("""
            run sudo sim gpio 17 up; sudo sim gpio 22 up
            open {"kind":"gpio","lines":[{"name":"door","line":17},{"name":"guard","line":22,"activeLow":true}]}
            read
            run sudo sim gpio 17 down; sudo sim gpio 22 down
            read
            """);
        answers.Equal(0, 1, 0);
        answers.Equal(1, 0, 1);
    }

    [Fact]
    public void Edges_OfKnownPulses_AreCountedAll()
    {
        Answers answers = Edges("""
            open {"kind":"gpio","lines":[{"name":"flow","line":27,"read":"count"},{"name":"parts","line":26,"read":"count","edges":"both"},{"name":"turns","line":25,"read":"count","edges":"falling"}]}
            read
            run sudo sim gpio 27 pulses 200 5; sudo sim gpio 26 pulses 100 5; sudo sim gpio 25 pulses 50 5
            wait 300
            read
            run sudo sim gpio 27 pulses 500 2
            wait 300
            read
            """);
        answers.Equal(0, 0, 0, 0);
        answers.Equal(1, 200, 200, 50);
        answers.Equal(2, 700, 200, 50);
    }

    [Fact]
    public void Edges_BetweenTwoReadings_AreTheRate()
    {
        Answers answers = Edges("""
            open {"kind":"gpio","lines":[{"name":"flow","line":27,"read":"rate"}]}
            read
            run sudo sim gpio 27 pulses 100 5
            wait 300
            read
            read
            """);
        // Edges are the rate times the time between the readings, but for the little that the two clocks are read apart.
        double seconds = answers.Times[1] - answers.Times[0];
        Assert.InRange(answers.Samples[1][0] * seconds, 98, 102);
        answers.Equal(2, 0);
    }

    [Fact]
    public void Pulse_OfKnownWidth_IsMeasured()
    {
        Answers answers = Edges("""
            open {"kind":"gpio","lines":[{"name":"echo","line":27,"read":"pulseWidth"}]}
            read
            run sudo sim gpio 27 pulses 1 400
            wait 300
            read
            """);
        Assert.Equal(double.NaN, answers.Samples[0][0]);
        Assert.InRange(answers.Samples[1][0], 350, 600);
    }

    [Fact]
    public void AlarmOutput_Levels_AreSeenOnTheLine()
    {
        Answers answers = fixture.Probe.Run("""
            output {"kind":"gpio","line":18,"patterns":{"normal":"off","alarm":"on"}}
            wait 300
            run sudo sim gpio 18
            set Alarm
            wait 300
            run sudo sim gpio 18
            set Normal
            wait 300
            run sudo sim gpio 18
            """);
        Assert.Equal(["0", "1", "0"], answers.Others);
    }

    [Fact]
    public void AlarmOutput_Patterns_AreSeenOnTheLine()
    {
        const string watching = "run rm -f levels; sudo sim gpio 18 watch 6 >levels & until [ -s levels ]; do sleep 0.1; done";
        Answers answers = fixture.Probe.Run($$"""
            output {"kind":"gpio","line":18,"patterns":{"warning":{"on":200,"off":300},"fault":{"on":300,"off":100,"repeat":3} } }
            {{watching}}
            set Warning
            wait 3400
            set Normal
            run sleep 0.5; cat levels
            {{watching}}
            set Fault
            run sleep 3; cat levels
            """);
        (int Time, int Level)[] changes = [.. answers.Others.Select(static line => line.Split(' ')).Select(static words => (Number(words[0]), Number(words[1])))];
        int second = Array.FindLastIndex(changes, static change => change.Time == 0);
        // Half a second each: seven in 3400 ms, fewer when the machine is busy.
        Assert.InRange(Periods(changes[..second], 200, 300), 5, 7);
        Assert.Equal(3, Periods(changes[second..], 300, 100));
    }

    /// <summary>Checks that the line went on and off for so many milliseconds from an off state on; returns how often.</summary>
    private static int Periods((int Time, int Level)[] changes, int on, int off)
    {
        Assert.Equal(1, changes.Length % 2);
        Assert.Equal(Enumerable.Range(0, changes.Length).Select(static i => i & 1), changes.Select(static change => change.Level));
        double[] lengths = [.. changes.Zip(changes.Skip(1), static (first, second) => (double)(second.Time - first.Time))];
        // The middle of several: a busy machine stretches some.
        Assert.InRange(Middle([.. lengths.Where(static (_, i) => i % 2 == 1)]), on - 60, on + 60);
        Assert.InRange(Middle([.. lengths.Skip(1).Where(static (_, i) => i % 2 == 1)]), off - 60, off + 60);
        return changes.Length / 2;
    }

    private static double Middle(double[] values) => values.Order().ElementAt(values.Length / 2);

    private static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);

    private Answers Edges(string script)
    {
        Answers answers = fixture.Probe.Run($"{OneProcessor}\n{script}\n{TwoProcessors}");
        Assert.Equal(["1", "2"], answers.Others);
        return answers;
    }
}
