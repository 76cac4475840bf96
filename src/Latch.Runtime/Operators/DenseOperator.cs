using System.Runtime.CompilerServices;
using Latch.Model;
using Latch.Runtime.Cells;
using Latch.Runtime.Kernels;

namespace Latch.Runtime.Operators;

/// <summary>y = sat(((A M + K) >> S) + z_y), or f of the sum in Q.13 (NUMERICS.md section 6).</summary>
internal abstract class DenseOperator : PlanOperator
{
    /// <summary>Bytes of packed weights and row constants.</summary>
    public abstract long Bytes { get; }

    /// <summary>Results per row, filled up to whole tiles.</summary>
    public abstract int PaddedRows { get; }

    /// <summary>Bytes of one prepared row of the input.</summary>
    public abstract int PreparedBytes { get; }
}

/// <inheritdoc/>
internal sealed class DenseOperator<TProduct, TLanes, TVector> : DenseOperator
    where TProduct : struct, ITileProduct
    where TLanes : struct, ILanes<TLanes, TVector>
    where TVector : struct
{
    /// <summary>Integers of a row's constants: M, and K in 64 bits, each of one vector after the other.</summary>
    private const int RowConstants = 3;

    private readonly DenseOperation _operation;
    private readonly PackedTiles _tiles;
    private readonly AlignedBuffer _constants;
    private readonly TensorSlot _input;
    private readonly TensorSlot _output;
    private readonly CodeEncoding _encoding;
    private readonly SumShift _shift;
    private readonly int _columns;
    private readonly int _rows;

    public DenseOperator(DenseOperation operation, IReadOnlyList<TensorSlot> slots, ModelWeights weights)
    {
        (_operation, _input, _output) = (operation, slots[operation.Input], slots[operation.Output]);
        ConstantTensor matrix = weights.Tensor(operation.Weights);
        (_rows, _columns) = (matrix.Shape[0], matrix.Shape[1]);
        _tiles = PackedTiles.Create<TProduct>(_rows, new TileShape(1, _columns, _input.IsWide)).Pack<TProduct>(0, matrix.Int8);
        _shift = new SumShift(operation.Shift);
        _encoding = new CodeEncoding(operation.OutputRescale, _output.Quantization);
        ReadOnlySpan<int> multipliers = weights.Tensor(operation.Multipliers).Int32;
        long[] constants = Constants(operation, weights, multipliers, _input.ZeroPoint);
        _constants = new AlignedBuffer(_tiles.Count * TileShape.Units * RowConstants * sizeof(int));
        Span<int> rest = _constants.Integers;
        for (int row = 0; row < _tiles.Count * TileShape.Units; row += TLanes.Count, rest = rest[(RowConstants * TLanes.Count)..])
        {
            var packer = new ConstantPacker<TLanes, TVector>(_rows, 0, row);
            packer.Pack(multipliers, rest[..TLanes.Count]);
            packer.Pack(constants, rest.Slice(TLanes.Count, 2 * TLanes.Count));
        }
    }

    public override long Bytes => _tiles.Bytes + _constants.Length;

    public override int PaddedRows => _tiles.Count * TileShape.Units;

    public override int PreparedBytes => TProduct.PreparedBytes(_columns, _input.IsWide);

    /// <inheritdoc/>
    public override void Execute(PlanMemory memory)
    {
        CodeSpan input = _input.In(memory.Arena), output = _output.In(memory.Arena);
        ref byte prepared = ref memory.Prepared.First;
        Span<int> values = memory.Values.Integers;
        for (int row = 0; row < _operation.Rows; row++)
        {
            CodeSpan codes = input.Slice(row * _columns, _columns);
            TProduct.Prepare(in codes, ref prepared);
            for (int tile = 0; tile < _tiles.Count; tile++)
                Rescale(tile, in prepared, ref values[tile * TileShape.Units]);
            Write(values[.._rows], output.Slice(row * _rows, _rows));
        }
    }

    private static long[] Constants(DenseOperation operation, ModelWeights weights, ReadOnlySpan<int> multipliers, int zeroPoint)
    {
        ConstantTensor matrix = weights.Tensor(operation.Weights);
        ReadOnlySpan<int> bias = weights.Tensor(operation.Bias).Int32;
        int columns = matrix.Shape[1];
        var constants = new long[multipliers.Length];
        for (int row = 0; row < constants.Length; row++)
        {
            int sum = 0;
            foreach (sbyte weight in matrix.Int8.Slice(row * columns, columns))
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
