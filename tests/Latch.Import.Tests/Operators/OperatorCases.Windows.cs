namespace Latch.Import.Tests.Operators;

/// <summary>Convolutions and pools.</summary>
internal static partial class OperatorCases
{
    private static void Conv(OperatorCase c)
    {
        int axes = c.Random.Next(1, 3);
        int groups = c.Random.Next(1, 4);
        int[] kernel = Lengths(c, axes, 1, 4);
        int[] weights = [groups * c.Random.Next(1, 4), c.Random.Next(1, 4), .. kernel];
        string x = c.Input([Batch(c), groups * weights[1], .. Lengths(c, axes, 8, 13)]);
        List<string> inputs = [x, c.Writer.Floats(c.Random, 1, weights)];
        if (c.Chance)
            inputs.Add(c.Writer.Floats(c.Random, 1, weights[0]));
        List<(string, object)> attributes = Window(c, kernel, dilated: true);
        if (groups > 1 || c.Chance)
            attributes.Add(("group", groups));
        if (c.Chance)
            attributes.Add(("kernel_shape", Longs(kernel)));
        c.Output(c.Node([.. inputs], [.. attributes]));
    }

    private static void ConvTranspose(OperatorCase c)
    {
        int axes = c.Random.Next(1, 3);
        int groups = c.Random.Next(1, 4);
        int[] kernel = Lengths(c, axes, 1, 5);
        int[] strides = Lengths(c, axes, 1, 4);
        int[] lengths = Lengths(c, axes, 3, 7);
        int[] weights = [groups * c.Random.Next(1, 4), c.Random.Next(1, 4), .. kernel];
        List<string> inputs = [c.Input([Batch(c), weights[0], .. lengths]), c.Writer.Floats(c.Random, 1, weights)];
        if (c.Chance)
            inputs.Add(c.Writer.Floats(c.Random, 1, weights[1] * groups));
        List<(string, object)> attributes = [("strides", Longs(strides)), ("group", groups)];
        int form = c.Random.Next(4);
        bool more = form != 1 && strides.All(stride => stride > 1) && c.Chance;
        if (more)
            attributes.Add(("output_padding", Longs([.. strides.Select(stride => c.Random.Next(stride))])));
        if (form == 0)
            attributes.Add(("pads", Longs([.. kernel.Concat(kernel).Select(length => c.Random.Next((length + 1) / 2))])));
        else if (form == 1)
            attributes.Add(("output_shape", Longs([.. kernel.Select((length, axis) => (strides[axis] * (lengths[axis] - 1)) + length - c.Random.Next(1 - strides[axis], Math.Min(3, length)))])));
        else if (form == 2)
            attributes.Add(("auto_pad", c.Random.GetItems(["SAME_UPPER", "SAME_LOWER", "VALID"], 1)[0]));
        if (form == 1 && c.Chance)
            attributes.Add(("auto_pad", c.Random.GetItems(["SAME_UPPER", "SAME_LOWER"], 1)[0]));
        if (form is 0 or 3 && c.Chance)
            attributes.Add(("dilations", Longs(Lengths(c, axes, 1, 3))));
        c.Output(c.Node([.. inputs], [.. attributes]));
    }

    private static void Pool(OperatorCase c)
    {
        int axes = c.Random.Next(1, 3);
        int[] kernel = Lengths(c, axes, 1, 4);
        string x = c.Input([Batch(c), c.Random.Next(1, 4), .. Lengths(c, axes, 8, 13)]);
        bool max = c.Name == "MaxPool";
        List<(string, object)> attributes = Window(c, kernel, dilated: c.Opset >= (max ? 10 : 19));
        attributes.Add(("kernel_shape", Longs(kernel)));
        if (c.Opset >= 10 && c.Chance)
            attributes.Add(("ceil_mode", 1));
        else if (!max && c.Chance)
            attributes.Add(("count_include_pad", 1));
        else if (!max && c.Opset >= 10 && !attributes.Any(a => a.Item1 == "pads"))
            attributes.AddRange([("ceil_mode", 1), ("count_include_pad", 1)]);
        c.Output(c.Node([x], [.. attributes]));
    }

    private static void GlobalPool(OperatorCase c) => c.Output(c.Node([c.Input(c.Shape(c.Random.Next(3, 6)))]));

    /// <summary>Strides, dilations and padding; padding stays below the kernel and strides within it, as ONNX Runtime wants it of pools.</summary>
    private static List<(string, object)> Window(OperatorCase c, int[] kernel, bool dilated)
    {
        List<(string, object)> attributes = [];
        if (c.Chance)
            attributes.Add(("strides", Longs([.. kernel.Select(length => c.Random.Next(c.Name == "Conv" ? 3 : length) + 1)])));
        if (c.Chance)
            attributes.Add(("auto_pad", c.Random.GetItems(["SAME_UPPER", "SAME_LOWER", "VALID", "NOTSET"], 1)[0]));
        if (attributes.All(a => a.Item1 != "auto_pad") || (c.Name != "Conv" && c.Chance))
            attributes.Add(("pads", Longs([.. kernel.Concat(kernel).Select(length => c.Random.Next(length))])));
        bool same = attributes.Any(a => a.Item2 is "SAME_UPPER" or "SAME_LOWER");
        if (dilated && !same && c.Chance)
            attributes.Add(("dilations", Longs(Lengths(c, kernel.Length, 1, 4))));
        return attributes;
    }

    /// <summary>A batch above 1 stands for steps that are taken each by itself.</summary>
    private static int Batch(OperatorCase c) => c.Chance ? 1 : c.Random.Next(1, 4);

    private static int[] Lengths(OperatorCase c, int count, int least, int below) => [.. Enumerable.Range(0, count).Select(_ => c.Random.Next(least, below))];

    private static long[] Longs(int[] numbers) => [.. numbers.Select(number => (long)number)];
}
