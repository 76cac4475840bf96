using Latch.Import.Graph;

namespace Latch.Import.Operators;

/// <summary>
/// The attributes that convolutions and pools share: where windows lie along the spatial axes. All arithmetic is checked; a file may hold any numbers.
/// </summary>
internal sealed class WindowAttributes
{
    private readonly OperatorCall _call;
    private readonly int[] _input;
    private readonly int[] _strides;
    private readonly int[] _dilations;
    private readonly int[] _before;
    private readonly int[] _after;
    private readonly string _autoPad;

    /// <param name="call">The operator.</param>
    /// <param name="input">The input's shape: batch, channels, one or two spatial axes.</param>
    /// <param name="weights">The weights' shape, whose last axes are the kernel's; null for a pool, whose attribute says it.</param>
    public WindowAttributes(OperatorCall call, int[] input, int[]? weights)
    {
        _call = call;
        if (input.Length is not (3 or 4))
            throw call.Fail(ImportErrorCode.UnsupportedForm, $"one or two spatial axes are supported, the shape is {TensorShape.Text(input)}", "X");
        if (weights is not null && weights.Length != input.Length)
            throw call.Fail(ImportErrorCode.ShapeMismatch, $"{input.Length} axes are needed, the shape is {TensorShape.Text(weights)}", "W");
        _input = input[2..];
        Kernel = ReadKernel(weights?[2..]);
        _strides = Read("strides", 1) ?? Repeated(1);
        bool dilated = weights is not null || call.Opset >= (call.Operator == "AveragePool" ? 19 : 10);
        _dilations = (dilated ? Read("dilations", 1) : null) ?? Repeated(1);
        int[] pads = Read("pads", 0, _input.Length * 2) ?? new int[_input.Length * 2];
        _autoPad = call.Attribute("auto_pad", "NOTSET");
        if (_autoPad is not ("NOTSET" or "VALID" or "SAME_UPPER" or "SAME_LOWER"))
            throw call.Fail(ImportErrorCode.UnsupportedForm, $"'{_autoPad}' is not supported", "auto_pad");
        if (_autoPad != "NOTSET" && weights is not null && pads.Any(pad => pad > 0))
            throw call.Fail(ImportErrorCode.UnsupportedForm, $"'{_autoPad}' and pads contradict each other", "auto_pad");
        bool explicitly = _autoPad == "NOTSET";
        _before = explicitly ? pads[.._input.Length] : new int[_input.Length];
        _after = explicitly ? pads[_input.Length..] : new int[_input.Length];
    }

    /// <summary>The lengths of the window, one per spatial axis.</summary>
    public int[] Kernel { get; }

    /// <summary>Whether the file pads the input.</summary>
    public bool IsPadded { get; private set; }

    /// <summary>Whether a sliding window reaches beyond the file's padding, which happens with ceil_mode.</summary>
    public bool Overrun { get; private set; }

    /// <summary>Whether the padding is such that the output has the input's length over the stride.</summary>
    public bool IsSame => _autoPad is "SAME_UPPER" or "SAME_LOWER";

    /// <summary>Windows that slide over the input, and the spatial lengths of the output.</summary>
    /// <param name="ceiling">Whether a last window that reaches beyond the padding counts, if it begins inside of the input or the padding before it.</param>
    public (WindowGeometry Window, int[] Output) Sliding(bool ceiling)
    {
        int[] output = new int[_input.Length];
        for (int axis = 0; axis < _input.Length; axis++)
        {
            output[axis] = IsSame ? Quotient(_input[axis], _strides[axis], up: true) : Steps(axis, ceiling);
            int needed = Math.Max(0, Needed(axis, output[axis]));
            if (IsSame)
                (_before[axis], _after[axis]) = Halves(needed);
            IsPadded |= _before[axis] > 0 || _after[axis] > 0;
            Overrun |= needed > _before[axis] + _after[axis];
            _after[axis] = Math.Max(_after[axis], needed - _before[axis]);
        }
        return (new WindowGeometry(_strides, _dilations, _before, _after), output);
    }

    /// <summary>Windows that the input's elements spread over, and the spatial lengths of the output.</summary>
    public (WindowGeometry Window, int[] Output) Spreading()
    {
        int axes = _input.Length;
        int[] more = Read("output_padding", 0) ?? new int[axes];
        int[]? wanted = _call.IntegersAttribute("output_shape") is { } given ? Checked("output_shape", [.. given.TakeLast(axes)], 1, axes) : null;
        int[] output = new int[axes];
        for (int axis = 0; axis < axes; axis++)
        {
            int whole = checked((_strides[axis] * (_input[axis] - 1)) + Reach(axis) + more[axis]);
            if (wanted is not null && (long)wanted[axis] - whole >= _strides[axis])
                throw _call.Fail(ImportErrorCode.ShapeMismatch, $"{wanted[axis]} is more than the windows reach, {whole}", "output_shape");
            if (wanted is not null || IsSame)
                (_before[axis], _after[axis]) = Halves(Math.Max(0, whole - (wanted?[axis] ?? checked(_input[axis] * _strides[axis]))));
            output[axis] = wanted?[axis] ?? checked(whole - _before[axis] - _after[axis]);
            if (output[axis] < 1)
                throw _call.Fail(ImportErrorCode.ShapeMismatch, $"the output has length {output[axis]} on spatial axis {axis}");
        }
        return (new WindowGeometry(_strides, _dilations, _before, _after), output);
    }

    private int[] ReadKernel(int[]? weights)
    {
        int[] kernel = Read("kernel_shape", 1) ?? weights ?? throw _call.Fail(ImportErrorCode.UnsupportedForm, "is missing", "kernel_shape");
        return weights is null || kernel.AsSpan().SequenceEqual(weights)
            ? kernel
            : throw _call.Fail(ImportErrorCode.ShapeMismatch, $"is {TensorShape.Text(kernel)}, the weights have {TensorShape.Text(weights)}", "kernel_shape");
    }

    private int[]? Read(string name, int least, int? count = null) =>
        _call.IntegersAttribute(name) is { } numbers ? Checked(name, numbers, least, count ?? _input.Length) : null;

    private int[] Checked(string name, long[] numbers, int least, int count) => numbers.Length == count && numbers.All(n => n >= least && n <= int.MaxValue)
        ? [.. numbers.Select(n => (int)n)]
        : throw _call.Fail(ImportErrorCode.UnsupportedForm, $"[{string.Join(',', numbers)}] is not {count} numbers of at least {least}", name);

    private int[] Repeated(int number) => [.. Enumerable.Repeat(number, _input.Length)];

    /// <summary>The length of input that one window covers.</summary>
    private int Reach(int axis) => checked(((Kernel[axis] - 1) * _dilations[axis]) + 1);

    /// <summary>The padding that a number of windows needs.</summary>
    private int Needed(int axis, int windows) => checked(((windows - 1) * _strides[axis]) + Reach(axis) - _input[axis]);

    private int Steps(int axis, bool ceiling)
    {
        int room = checked(_input[axis] + _before[axis] + _after[axis] - Reach(axis));
        if (room < 0)
            throw _call.Fail(ImportErrorCode.ShapeMismatch, $"a window that reaches over {Reach(axis)} elements does not fit into spatial axis {axis} of length {_input[axis]}; if those are the steps, more of them are needed");
        int windows = Quotient(room, _strides[axis], ceiling) + 1;
        bool outside = ceiling && (long)(windows - 1) * _strides[axis] >= (long)_input[axis] + _before[axis];
        return outside ? windows - 1 : windows;
    }

    private (int Before, int After) Halves(int padding)
    {
        int half = padding / 2;
        return _autoPad == "SAME_UPPER" ? (half, padding - half) : (padding - half, half);
    }

    private static int Quotient(int number, int divisor, bool up) => (int)(((long)number + (up ? divisor - 1 : 0)) / divisor);
}
