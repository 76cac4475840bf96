using System.Runtime.CompilerServices;
using Latch.Model;
using Latch.Runtime.Cells;
using Latch.Runtime.Kernels;

namespace Latch.Runtime.Operators;

/// <summary>
/// Some rows of weights, ready to be multiplied with one row of codes: y = sat(((A M + K) >> S) + z_y), or f of the sum in Q.13 (NUMERICS.md section 6).
/// </summary>
internal abstract class DenseRows
{
    /// <summary>Bytes of row constants; the packed weights are the model's (<see cref="ModelWeights"/>).</summary>
    public abstract long Bytes { get; }

    /// <summary>What one multiplication needs of a session's working memory.</summary>
    public abstract RowMemory Memory { get; }

    /// <summary>One result per row.</summary>
    /// <param name="codes">As many codes of the input as the rows have weights.</param>
    /// <param name="memory">Its working memory is overwritten.</param>
    /// <param name="result">Receives a code of the output per row.</param>
    public abstract void Multiply(CodeSpan codes, PlanMemory memory, CodeSpan result);
}

/// <summary>Working memory of a plan's operations: of each kind as much as the largest of them needs.</summary>
/// <param name="Values">Sums of one row of codes, filled up to whole tiles.</param>
/// <param name="Prepared">Bytes of one prepared row of codes.</param>
/// <param name="Gathered">Bytes of codes gathered for one row, and of its results.</param>
internal readonly record struct RowMemory(int Values, int Prepared, int Gathered)
{
    /// <summary>Enough for both.</summary>
    public RowMemory Or(RowMemory other) => new(Math.Max(Values, other.Values), Math.Max(Prepared, other.Prepared), Math.Max(Gathered, other.Gathered));
}

/// <summary>Which rows of an operation's weights.</summary>
/// <param name="First">The first.</param>
/// <param name="Count">How many.</param>
internal readonly record struct RowRange(int First, int Count);

/// <inheritdoc/>
internal sealed class DenseRows<TProduct, TLanes, TVector> : DenseRows
    where TProduct : struct, ITileProduct
    where TLanes : struct, ILanes<TLanes, TVector>
    where TVector : struct
{
    /// <summary>Integers of a row's constants: M, and K in 64 bits, each of one vector after the other.</summary>
    private const int RowConstants = 3;

    private readonly WeightedOperation _operation;
    private readonly PackedTiles _tiles;
    private readonly AlignedBuffer _constants;
    private readonly TensorSlot _output;
    private readonly CodeEncoding _encoding;
    private readonly SumShift _shift;
    private readonly int _rows;

    public DenseRows(WeightedOperation operation, RowRange range, TensorSlot[] slots, ModelWeights weights)
    {
        TensorSlot input = slots[operation.Input];
        (_operation, _output, _rows) = (operation, slots[operation.Output], range.Count);
        ConstantTensor matrix = weights.Tensor(operation.Weights);
        int columns = matrix.Shape[1];
        ReadOnlySpan<sbyte> codes = matrix.Int8.Slice(range.First * columns, range.Count * columns);
        _tiles = weights.Tiles<TProduct>(operation.Weights, range, input.IsWide);
        _shift = new SumShift(operation.Shift);
        _encoding = new CodeEncoding(operation.OutputRescale, _output.Quantization);
        ReadOnlySpan<int> multipliers = weights.Tensor(operation.Multipliers).Int32.Slice(range.First, range.Count);
        ReadOnlySpan<int> bias = weights.Tensor(operation.Bias).Int32.Slice(range.First, range.Count);
        long[] constants = Constants(operation, codes, multipliers, bias, input.ZeroPoint);
        _constants = new AlignedBuffer(_tiles.Count * TileShape.Units * RowConstants * sizeof(int));
        Span<int> rest = _constants.Integers;
        for (int row = 0; row < _tiles.Count * TileShape.Units; row += TLanes.Count, rest = rest[(RowConstants * TLanes.Count)..])
        {
            var packer = new ConstantPacker<TLanes, TVector>(_rows, 0, row);
            packer.Pack(multipliers, rest[..TLanes.Count]);
            packer.Pack(constants, rest.Slice(TLanes.Count, 2 * TLanes.Count));
        }
        Memory = new RowMemory(_tiles.Count * TileShape.Units, TProduct.PreparedBytes(columns, input.IsWide), 0);
    }

    public override long Bytes => _constants.Length;

    public override RowMemory Memory { get; }

    /// <inheritdoc/>
    public override void Multiply(CodeSpan codes, PlanMemory memory, CodeSpan result)
    {
        ref byte prepared = ref memory.Prepared.First;
        Span<int> values = memory.Values.Integers;
        TProduct.Prepare(in codes, ref prepared);
        for (int tile = 0; tile < _tiles.Count; tile++)
            Rescale(tile, in prepared, ref values[tile * TileShape.Units]);
        Write(values[.._rows], result);
    }

    private static long[] Constants(WeightedOperation operation, ReadOnlySpan<sbyte> codes, ReadOnlySpan<int> multipliers, ReadOnlySpan<int> bias, int zeroPoint)
    {
        int columns = codes.Length / multipliers.Length;
        var constants = new long[multipliers.Length];
        for (int row = 0; row < constants.Length; row++)
        {
            int sum = 0;
            foreach (sbyte weight in codes.Slice(row * columns, columns))
                sum += weight;
            constants[row] = ((long)bias[row] << (operation.Shift - 7)) + (1L << (operation.Shift - 1)) - ((long)zeroPoint * multipliers[row] * sum);
        }
        return constants;
    }

    /// <summary>(A M + K) >> S of one tile.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Rescale(int tile, ref readonly byte prepared, ref int values)
    {
        Span<int> sums = stackalloc int[TileShape.Units];
        TileProduct.Multiply<TProduct>(in _tiles.Tile(tile, 0), in prepared, _tiles.Shape(0), ref sums[0]);
        for (int lane = 0; lane < TileShape.Units; lane += TLanes.Count)
        {
            ref int constants = ref Unsafe.Add(ref _constants.FirstInteger, RowConstants * ((tile * TileShape.Units) + lane));
            TVector sum = TLanes.Rescale(in sums[lane], in constants, in Unsafe.As<int, long>(ref Unsafe.Add(ref constants, TLanes.Count)), in _shift);
            TLanes.Store(sum, ref Unsafe.Add(ref values, lane));
        }
    }

    private void Write(Span<int> values, CodeSpan result)
    {
        if (_operation.Activation is { } function)
        {
            int limit = _operation.PreActivationLimit;
            foreach (ref int value in values)
                value = Math.Clamp(value, -limit, limit);
            Activation.Apply(function, values, values);
            Cell.Encode(values, in _encoding, result);
            return;
        }
        int low = Math.Max(_operation.MinCode, _output.MinCode), high = _output.MaxCode;
        for (int row = 0; row < values.Length; row++)
            result[row] = (int)Math.Clamp((long)values[row] + _output.ZeroPoint, low, high);
    }
}
