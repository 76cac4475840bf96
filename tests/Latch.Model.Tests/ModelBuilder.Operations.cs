namespace Latch.Model.Tests;

/// <summary>Windows, functions and choices.</summary>
internal sealed partial class ModelBuilder
{
    /// <summary>Two groups of one channel each where the number of elements is even, else one; windows of two, one before the first element.</summary>
    internal ModelBuilder Conv(ActivationFunction? activation)
    {
        int count = _tensors[_current].Count, groups = count % 2 == 0 ? 2 : 1;
        string name = Unique("conv");
        return Append([2, (count / groups) + 1], (input, output) => new ConvOperation
        {
            Name = name,
            Input = input,
            Output = output,
            Batch = 1,
            Channels = groups,
            Groups = groups,
            Window = Window(count / groups),
            Weights = Weights($"{name}.W", 2, 2),
            Bias = Numbers($"{name}.b", 2, -1000, 1000),
            Multipliers = Numbers($"{name}.M", 2, 0, 1 << 20),
            Shift = 20,
            Activation = activation,
            PreActivationLimit = 1 << 17,
        });
    }

    internal ModelBuilder Pool(PoolKind kind)
    {
        int count = _tensors[_current].Count;
        return Append([count + 1], (input, output) => new PoolOperation { Name = kind.ToString(), Kind = kind, Input = input, Output = output, Channels = 1, Window = Window(count), Rescale = AnyRescale() });
    }

    internal ModelBuilder Function(FunctionKind kind) =>
        Append([_tensors[_current].Count], (input, output) => new FunctionOperation { Name = kind.ToString(), Kind = kind, Input = input, Output = output, InputRescale = AnyRescale(), Offset = _random.Next(), OutputRescale = AnyRescale() });

    internal ModelBuilder LogSoftmax() =>
        Append([_tensors[_current].Count], (input, output) => new LogSoftmaxOperation { Name = "log softmax", Input = input, Output = output, Outer = 1, Axis = _tensors[input].Count, Inner = 1, InputRescale = AnyRescale(), DifferenceRescale = new Rescale(1 << 30, 29), LogRescale = new Rescale(1 << 20, 29) });

    /// <summary>Five elements, some of them filled.</summary>
    internal ModelBuilder Pick()
    {
        int count = _tensors[_current].Count;
        string name = Unique("pick");
        return Append([5], (input, output) => new PickOperation { Name = name, Input = input, Output = output, Source = Numbers($"{name}.source", 5, -1, count), Fill = 9, Rescale = AnyRescale() });
    }

    internal ModelBuilder Embedding()
    {
        int count = _tensors[_current].Count;
        string name = Unique("embedding"), table = $"{name}.table";
        Quantization codes = Codes();
        _constants[table] = codes.Type == ElementType.Int8
            ? ConstantTensor.Of(table, [7, 2], Array.ConvertAll(Draw(14, -128, 128), static value => (sbyte)value))
            : ConstantTensor.Of(table, [7, 2], Array.ConvertAll(Draw(14, -32768, 32768), static value => (short)value));
        return Append([count, 2], codes, (input, output) => new EmbeddingOperation { Name = name, Indices = input, Output = output, Table = table, IndexRescale = new Rescale(1, 0) });
    }

    internal ModelBuilder ArgMax() =>
        Append([1], (input, output) => new ArgMaxOperation { Name = "arg max", Input = input, Output = output, Outer = 1, Axis = _tensors[input].Count, Inner = 1, Smallest = _random.Next(2) == 0, Rescale = new Rescale(1, 0) });

    internal ModelBuilder Where()
    {
        int count = _tensors[_current].Count, other = Constant(Unique("other"), 1);
        return Append([count], (input, output) => new WhereOperation
        {
            Name = "where",
            Condition = input,
            Threshold = 1,
            WhenTrue = input,
            WhenFalse = other,
            Output = output,
            Dimensions = [count],
            ConditionStrides = [1],
            TrueStrides = [1],
            FalseStrides = [0],
            TrueRescale = AnyRescale(),
            FalseRescale = AnyRescale(),
        });
    }

    private static WindowLayout Window(int length) => new()
    {
        Input = new Extent(1, length),
        Output = new Extent(1, length + 1),
        Kernel = new Extent(1, 2),
        Stride = new Extent(1, 1),
        Dilation = new Extent(1, 1),
        Padding = new Extent(0, 1),
        Spacing = new Extent(1, 1),
    };
}
