using Latch.Model;

namespace Latch.Runtime.Operators;

/// <summary>Gathers the codes of one window after the other and multiplies them as a dense layer does (NUMERICS.md section 6).</summary>
internal sealed class ConvOperator : PlanOperator
{
    private readonly WindowLayout _window;
    private readonly DenseRows[] _groups;
    private readonly TensorSlot _input;
    private readonly TensorSlot _output;
    private readonly int _batch;
    private readonly int _channels;
    private readonly int _rows;
    private readonly int _gathered;

    public ConvOperator(ConvOperation operation, TensorSlot[] slots, ModelWeights weights)
    {
        (_window, _input, _output) = (operation.Window, slots[operation.Input], slots[operation.Output]);
        (_batch, _channels) = (operation.Batch, operation.Channels / operation.Groups);
        _rows = weights.Tensor(operation.Weights).Shape[0] / operation.Groups;
        _groups = new DenseRows[operation.Groups];
        for (int group = 0; group < _groups.Length; group++)
            _groups[group] = weights.CreateRows(operation, new RowRange(group * _rows, _rows), slots);
        _gathered = AlignedBuffer.Align(weights.Tensor(operation.Weights).Shape[1] * _input.CodeBytes);
        Memory = _groups[0].Memory with { Gathered = _gathered + (_rows * _output.CodeBytes) };
    }

    /// <inheritdoc/>
    public override RowMemory Memory { get; }

    /// <inheritdoc/>
    public override void Execute(PlanMemory memory)
    {
        CodeSpan input = _input.In(memory.Arena), output = _output.In(memory.Arena);
        CodeSpan codes = new(memory.Gathered.Bytes[..(_channels * (int)_window.Kernel.Count * _input.CodeBytes)], input.Type);
        CodeSpan results = new(memory.Gathered.Bytes.Slice(_gathered, _rows * _output.CodeBytes), output.Type);
        int inputs = _channels * (int)_window.Input.Count, outputs = (int)_window.Output.Count;
        for (int part = 0; part < _batch * _groups.Length; part++)
        {
            CodeSpan source = input.Slice(part * inputs, inputs), target = output.Slice(part * _rows * outputs, _rows * outputs);
            for (int position = 0; position < outputs; position++)
            {
                Gather(source, position, codes);
                _groups[part % _groups.Length].Multiply(codes, memory, results);
                for (int row = 0; row < _rows; row++)
                    target[(row * outputs) + position] = results[row];
            }
        }
    }

    private void Gather(CodeSpan source, int position, CodeSpan codes)
    {
        int top = (position / _window.Output.Columns * _window.Stride.Rows) - _window.Padding.Rows;
        int left = (position % _window.Output.Columns * _window.Stride.Columns) - _window.Padding.Columns;
        if (source.IsWide)
            Gather<short>(source.Wide, top, left, codes.Wide, (short)_input.ZeroPoint);
        else
            Gather<sbyte>(source.Narrow, top, left, codes.Narrow, (sbyte)_input.ZeroPoint);
    }

    private void Gather<TCode>(ReadOnlySpan<TCode> source, int top, int left, Span<TCode> codes, TCode zero)
        where TCode : unmanaged
    {
        int channelSize = (int)_window.Input.Count, columns = _window.Kernel.Columns;
        for (int channel = 0; channel < _channels; channel++, source = source[channelSize..])
        {
            for (int row = 0; row < _window.Kernel.Rows; row++, codes = codes[columns..])
            {
                (int y, int off) = Math.DivRem(top + (row * _window.Dilation.Rows), _window.Spacing.Rows);
                if (off != 0 || (uint)y >= (uint)_window.Input.Rows)
                    codes[..columns].Fill(zero);
                else
                    GatherRow(source.Slice(y * _window.Input.Columns, _window.Input.Columns), left, codes[..columns], zero);
            }
        }
    }

    private void GatherRow<TCode>(ReadOnlySpan<TCode> source, int left, Span<TCode> codes, TCode zero)
        where TCode : unmanaged
    {
        int dilation = _window.Dilation.Columns, spacing = _window.Spacing.Columns;
        if (dilation == 1 && spacing == 1 && left >= 0 && left <= source.Length - codes.Length)
        {
            source.Slice(left, codes.Length).CopyTo(codes);
            return;
        }
        for (int column = 0; column < codes.Length; column++, left += dilation)
        {
            (int x, int off) = Math.DivRem(left, spacing);
            codes[column] = off == 0 && (uint)x < (uint)source.Length ? source[x] : zero;
        }
    }
}
