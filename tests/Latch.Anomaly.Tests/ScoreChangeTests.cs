namespace Latch.Anomaly.Tests;

public sealed class ScoreChangeTests
{
    [Fact]
    public void Add_SomeSteps_HasTheirMeanAndTheLargestWithItsSign()
    {
        ScoreChange change = new();
        Assert.Equal((0.0, 0.0), (change.MeanChange, change.LargestChange));
        change.Add(60, before: 1, after: 3);
        change.Add(61, before: 6, after: 1);
        change.Add(62, before: 2, after: 2);
        Assert.Equal((-1.0, -5.0, 61L), (change.MeanChange, change.LargestChange, change.LargestStep));
    }
}
