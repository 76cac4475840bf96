using Latch.Model;
using Latch.Runtime;

namespace Latch.Inspector.Tests;

/// <summary>A session that takes over where another one, elsewhere, is.</summary>
public sealed class RestoreTests
{
    [Theory]
    [InlineData(CellKind.Lstm)]
    [InlineData(CellKind.Gru)]
    public async Task Restore_StateOfARunningSession_GoesOnWithTheSameIntegers(CellKind kind)
    {
        const int Before = 40, Steps = 25;
        using LatchModel model = TestModels.Random(kind);
        DirectRun elsewhere = DirectRun.Of(model, Before + Steps);
        Session far = model.CreateSession();
        float[] output = new float[model.OutputSize];
        for (int step = 0; step < Before; step++)
            far.Step(TestModels.Sample(step), output);
        int[] state = new int[far.StateSize];
        far.SaveState(state);

        InspectorSession session = new(TestModels.Input(), [new InspectedModel("m", "m.latch", model)], Steps, live: true);
        session.Restore(0, state);
        for (int step = Before; step < Before + Steps; step++)
        {
            session.Append(TestModels.Sample(step));
            far.Step(TestModels.Sample(step), output);
        }

        far.SaveState(state);
        int[] here = new int[far.StateSize];
        session.SaveState(0, here);
        Assert.Equal(state, here);
        await using TestServer server = await TestServer.Start(session);
        int hidden = model.Layers[0].Gates.Count + (kind == CellKind.Lstm ? 1 : 0);
        Assert.Equal(elsewhere.Plane(hidden, Before, Before + Steps), await server.Integers($"/api/plane?quantity=h&from=0&to={Steps}"));
    }

    [Fact]
    public void Restore_OfWhatIsNotThere_IsRefused()
    {
        using LatchModel model = TestModels.Random(CellKind.Lstm);
        InspectorSession session = new(TestModels.Input(), [new InspectedModel("m", "m.latch", model)], 4, live: true);
        int[] state = new int[model.CreateSession().StateSize];
        Assert.Throws<ArgumentException>(() => session.Restore(1, state));
        Assert.Throws<ArgumentException>(() => session.Restore(0, state.AsSpan(1)));
    }
}
