using Latch.Model;

namespace Latch.Runtime.Tests;

/// <summary>States that a plan carries: sum' = sum + x, y = sum', exactly in codes.</summary>
public sealed class CarriedStateTests
{
    private static readonly Quantization s_codes = new(ElementType.Int16, 0.5, 0);

    [Fact]
    public void Step_AddingState_AccumulatesTheInputs()
    {
        using LatchModel model = Model();
        Session session = model.CreateSession();
        short[] result = new short[2];
        int first = 0, second = 0;
        for (int step = 0; step < 50; step++)
        {
            session.Step((short[])[(short)step, (short)(-3 * step)], result);
            (first, second) = (first + step, second - (3 * step));
            Assert.Equal([(short)first, (short)second], result);
        }
    }

    [Fact]
    public void Ports_OfAModelWithStates_DoNotCountThem()
    {
        using LatchModel model = Model();

        Assert.Equal((2, 2), (model.InputSize, model.OutputSize));
        Assert.Equal(["x"], model.Inputs.Select(port => port.Name));
        Assert.Equal(["y"], model.Outputs.Select(port => port.Name));
    }

    [Fact]
    public void Reset_AfterSteps_BeginsAtZero()
    {
        using LatchModel model = Model();
        Session session = model.CreateSession();
        short[] result = new short[2];
        session.Step((short[])[7, 8], result);
        session.Reset();

        session.Step((short[])[1, 2], result);

        Assert.Equal<short>([1, 2], result);
    }

    [Fact]
    public void LoadState_InAnotherSession_GoesOn()
    {
        using LatchModel model = Model();
        Session one = model.CreateSession(), other = model.CreateSession();
        short[] result = new short[2];
        one.Step((short[])[7, 8], result);
        int[] state = new int[one.StateSize];
        one.SaveState(state);

        other.LoadState(state);
        other.Step((short[])[1, 2], result);

        Assert.Equal<short>([8, 10], result);
    }

    [Fact]
    public void Run_Windows_BeginAtZeroAndLeaveTheStream()
    {
        using LatchModel model = Model();
        Session session = model.CreateSession();
        float[] result = new float[2];
        session.Step([1f, 2f], result);
        using LatchModel windows = LatchModel.Create(model.Definition with { Sequence = model.Definition.Step });
        Session both = windows.CreateSession();

        both.Step([3f, 4f], result);
        both.Run([1f, 2f], 1, result);
        Assert.Equal([1f, 2f], result);
        both.Run([1f, 2f], 1, result);
        Assert.Equal([1f, 2f], result);
        both.Step([1f, 1f], result);

        Assert.Equal([4f, 5f], result);
    }

    [Fact]
    public void Step_WithStates_AllocatesNothing()
    {
        using LatchModel model = Model();
        Session session = model.CreateSession();
        short[] codes = [1, -1], result = new short[2];
        session.Step(codes, result);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int step = 0; step < 10_000; step++)
            session.Step(codes, result);

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private static LatchModel Model()
    {
        ActivationTensor Tensor(string name) => new(name, [1, 2], s_codes);
        Rescale same = new(1 << 20, 20);
        Plan plan = new()
        {
            Steps = 1,
            Tensors = [Tensor("x"), Tensor("sum"), Tensor("y")],
            ConstantTensors = new Dictionary<int, string>(),
            Inputs = [new PlanPort("x", 0)],
            Outputs = [new PlanPort("y", 2)],
            Operations =
            [
                new ElementwiseOperation
                {
                    Name = "add", Kind = ElementwiseKind.Add, Left = 0, Right = 1, Output = 2, Dimensions = [2], LeftStrides = [1], RightStrides = [1], LeftRescale = same, RightRescale = same,
                },
            ],
            States = [new PlanState("sum", Input: 1, Output: 2)],
        };
        return LatchModel.Create(new ModelDefinition { Name = "sum", Layers = [], Step = plan, Constants = new Dictionary<string, ConstantTensor>() });
    }
}
