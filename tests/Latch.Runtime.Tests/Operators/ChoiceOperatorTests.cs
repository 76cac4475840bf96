using Latch.Model;
using Latch.Runtime.Tests.Reference;
using static Latch.Runtime.Tests.Reference.OperatorModel;

namespace Latch.Runtime.Tests.Operators;

public sealed class ChoiceOperatorTests
{
    private static readonly Quantization s_whole = Int16(1);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Pick_RandomPositions_MovesAndFills(bool rescales)
    {
        Quantization x = Int8(0.1, 3), y = rescales ? Int16(0.05) : x;
        var random = new Random(1);
        int[] codes = RandomCodes(random, x, 40), source = [.. Enumerable.Range(0, 70).Select(_ => random.Next(-1, 40))];
        var operation = new PickOperation { Name = "op", Input = 0, Output = 1, Source = "s", Fill = 17, Rescale = rescales ? new Rescale(2, 0) : null };
        foreach (ConstantTensor positions in new[] { ConstantTensor.Of("s", [70], source), ConstantTensor.Of("s", [70], [.. source.Select(position => (short)position)]) })
        {
            int[] actual = new OperatorModel(operation, [new("x", [40], x), new("y", [70], y)], positions).Run(codes);
            Assert.Equal(source.Select(from => from < 0 ? 17 : rescales ? 2 * (codes[from] - 3) : codes[from]), actual);
        }
    }

    [Fact]
    public void Embedding_WholeIndices_CopiesRowsAndLimitsTheOthers()
    {
        Quantization y = Int8(0.1, -3);
        sbyte[] table = [1, 2, 3, -4, -5, -6, 7, 8, 9, 100, 101, 102];
        var operation = new EmbeddingOperation { Name = "op", Indices = 0, Output = 1, Table = "t", IndexRescale = LayerQuantizer.Ratio(1) };
        int[] actual = new OperatorModel(operation, [new("i", [5], s_whole), new("y", [5, 3], y)], ConstantTensor.Of("t", [4, 3], table)).Run([2, 0, -7, 3, 32000]);
        Assert.Equal([7, 8, 9, 1, 2, 3, 1, 2, 3, 100, 101, 102, 100, 101, 102], actual);
    }

    [Fact]
    public void Embedding_IndicesWithAScale_AreRoundedToTheNearestRow()
    {
        Quantization indices = Int16(0.25), y = Int16(0.001);
        short[] table = [1000, 2000, 3000, 4000];
        var operation = new EmbeddingOperation { Name = "op", Indices = 0, Output = 1, Table = "t", IndexRescale = new Rescale(1, 2) };
        int[] actual = new OperatorModel(operation, [new("i", [6], indices), new("y", [6, 1], y)], ConstantTensor.Of("t", [4, 1], table)).Run([0, 1, 2, 5, 6, 12]);
        Assert.Equal([1000, 1000, 2000, 2000, 3000, 4000], actual);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void ArgMax_RandomCodes_IsTheFirstOfTheLargest(bool smallest)
    {
        const int Outer = 3, Axis = 7, Inner = 2;
        Quantization x = Int8(0.1, 5);
        var random = new Random(2);
        int[] codes = [.. Enumerable.Range(0, Outer * Axis * Inner).Select(_ => random.Next(-3, 4))];
        var operation = new ArgMaxOperation { Name = "op", Input = 0, Output = 1, Outer = Outer, Axis = Axis, Inner = Inner, Smallest = smallest, Rescale = LayerQuantizer.Ratio(1) };
        int[] actual = new OperatorModel(operation, [new("x", [codes.Length], x), new("y", [Outer, Inner], s_whole)]).Run(codes);
        for (int i = 0; i < actual.Length; i++)
        {
            int[] row = [.. Enumerable.Range(0, Axis).Select(a => codes[(((i / Inner * Axis) + a) * Inner) + (i % Inner)])];
            Assert.Equal(Array.IndexOf(row, smallest ? row.Min() : row.Max()), actual[i]);
        }
    }

    [Fact]
    public void Where_BroadcastOperands_RescalesTheChosenOne()
    {
        Quantization a = Int8(0.1, 4), b = Int16(0.01), y = Int16(0.02);
        var operation = new WhereOperation
        {
            Name = "op",
            Condition = 0,
            Threshold = 1,
            WhenTrue = 1,
            WhenFalse = 2,
            Output = 3,
            Dimensions = [2, 3],
            ConditionStrides = [3, 1],
            TrueStrides = [0, 1],
            FalseStrides = [1, 0],
            TrueRescale = new Rescale(5, 0),
            FalseRescale = new Rescale(1, 1),
        };
        int[] actual = new OperatorModel(operation, [new("c", [2, 3], s_whole), new("a", [3], a), new("b", [2], b), new("y", [2, 3], y)])
            .Run([1, 0, 0, 0, 1, 5], [14, 24, -6], [100, 201]);
        Assert.Equal([50, 50, 50, 101, 100, -50], actual);
    }

    [Theory]
    [InlineData(ElementwiseKind.Equal)]
    [InlineData(ElementwiseKind.Less)]
    [InlineData(ElementwiseKind.LessOrEqual)]
    public void Compare_EveryPairOfCodes_ComparesTheRealNumbers(ElementwiseKind kind)
    {
        // a = 3 k / 64, b = k / 32: 3 a_code against 2 b_code, exact in floating point too.
        Quantization a = Int8(3 / 64.0, -11), b = Int8(1 / 32.0, 6);
        int[] left = [.. Enumerable.Range(0, 65536).Select(i => (i >> 8) - 128)], right = [.. Enumerable.Range(0, 65536).Select(i => (i & 255) - 128)];
        var operation = new ElementwiseOperation
        {
            Name = "op",
            Kind = kind,
            Left = 0,
            Right = 1,
            Output = 2,
            Dimensions = [65536],
            LeftStrides = [1],
            RightStrides = [1],
            LeftRescale = new Rescale(3 << 28, 29),
            RightRescale = new Rescale(2 << 28, 29),
        };
        int[] actual = new OperatorModel(operation, [new("a", [65536], a), new("b", [65536], b), new("y", [65536], s_whole)]).Run(left, right);
        for (int i = 0; i < actual.Length; i++)
        {
            double x = Real(left[i], a), y = Real(right[i], b);
            bool holds = kind switch { ElementwiseKind.Equal => x == y, ElementwiseKind.Less => x < y, _ => x <= y };
            Assert.Equal(holds ? 1 : 0, actual[i]);
        }
    }
}
