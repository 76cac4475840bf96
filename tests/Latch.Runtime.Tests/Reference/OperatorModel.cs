using System.Numerics;
using Latch.Model;

namespace Latch.Runtime.Tests.Reference;

/// <summary>A model of one operation: its inputs are the first tensors, its output the last.</summary>
internal sealed class OperatorModel(Operation operation, ActivationTensor[] tensors, params ConstantTensor[] constants)
{
    public static Quantization Int8(double scale, int zeroPoint) => new(ElementType.Int8, scale, zeroPoint);

    public static Quantization Int16(double scale) => new(ElementType.Int16, scale, 0);

    public static Quantization[] BothWidths => [Int8(0.03, 9), Int16(0.0002)];

    /// <summary>The output's codes, the same from every kernel.</summary>
    public int[] Run(params int[][] inputs)
    {
        var plan = new Plan
        {
            Steps = 1,
            Tensors = tensors,
            ConstantTensors = new Dictionary<int, string>(),
            Inputs = [.. inputs.Select((_, i) => new PlanPort(tensors[i].Name, i))],
            Outputs = [new PlanPort(tensors[^1].Name, tensors.Length - 1)],
            Operations = [operation],
        };
        var definition = new ModelDefinition { Name = "test", Layers = [], Step = plan, Constants = constants.ToDictionary(c => c.Name) };
        int[][] results = [.. LatchModel.AvailableKernels.Select(kernel => Run(definition, kernel, inputs))];
        Assert.All(results, result => Assert.Equal(results[0], result));
        return results[0];
    }

    public static int[] RandomCodes(Random random, Quantization codes, int count) =>
        [.. Enumerable.Range(0, count).Select(i => i == 0 ? codes.MinCode : i == 1 ? codes.MaxCode : random.Next(codes.MinCode, codes.MaxCode + 1))];

    /// <summary>rsh(v M, S) + z, saturated.</summary>
    public static int Code(BigInteger value, Rescale rescale, Quantization codes) => (int)ExactLayer.Code(value, rescale, codes);

    public static double Real(int code, Quantization codes) => codes.Scale * (code - codes.ZeroPoint);

    /// <summary>The code nearest to a real number.</summary>
    public static double Nearest(double value, Quantization codes) => Math.Clamp(Math.Floor((value / codes.Scale) + 0.5) + codes.ZeroPoint, codes.MinCode, codes.MaxCode);

    private static int[] Run(ModelDefinition definition, string kernel, int[][] inputs)
    {
        using LatchModel model = LatchModel.Create(definition, new LatchModelOptions { Kernel = kernel });
        short[] result = new short[model.OutputSize], given = [.. inputs.SelectMany(codes => codes).Select(code => (short)code)];
        Session session = model.CreateSession();
        session.Step(given, result);
        Assert.Equal(0, Enumerable.Range(0, 4).Min(_ => Allocated(session, given, result)));
        return [.. result.Select(code => (int)code)];
    }

    // A collection that another test causes counts what is left of this thread's memory as allocated; an operation that allocates does so in every step.
    private static long Allocated(Session session, short[] given, short[] result)
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        session.Step(given, result);
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }
}
