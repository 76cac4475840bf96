using Latch.Model;
using Latch.Runtime.Cells;
using Latch.Runtime.Kernels;
using Latch.Runtime.Operators;

namespace Latch.Runtime;

/// <summary>A model's weights as the kernel wants them: packed once, shared by both plans.</summary>
internal sealed class ModelWeights
{
    private readonly ModelDefinition _definition;
    private readonly Kernel _kernel;
    private readonly Dictionary<string, int[]> _integers = [];
    private readonly Dictionary<(string Name, RowRange Range, bool IsWide), PackedTiles> _tiles = [];
    private long _bytes;

    public ModelWeights(ModelDefinition definition, Kernel kernel)
    {
        (_definition, _kernel) = (definition, kernel);
        Cells = new Cell[definition.Layers.Count];
        for (int layer = 0; layer < Cells.Length; layer++)
        {
            Cells[layer] = kernel.CreateCell(definition.Layers[layer], definition.Constants);
            _bytes += Cells[layer].Bytes;
        }
    }

    /// <summary>One per recurrent layer.</summary>
    public Cell[] Cells { get; }

    /// <summary>Bytes held so far.</summary>
    public long Bytes
    {
        get
        {
            long bytes = _bytes;
            foreach (int[] values in _integers.Values)
                bytes += sizeof(int) * (long)values.Length;
            return bytes;
        }
    }

    public ConstantTensor Tensor(string name) => _definition.Constants[name];

    /// <summary>Some rows of an operation's weights, packed.</summary>
    public DenseRows CreateRows(WeightedOperation operation, RowRange range, TensorSlot[] slots)
    {
        DenseRows rows = _kernel.CreateRows(operation, range, slots, this);
        _bytes += rows.Bytes;
        return rows;
    }

    /// <summary>Some rows of a matrix [rows, columns] packed for codes of 8 or 16 bits, once however many operations multiply with them.</summary>
    public PackedTiles Tiles<TProduct>(string name, RowRange range, bool isWide)
        where TProduct : struct, ITileProduct
    {
        if (!_tiles.TryGetValue((name, range, isWide), out PackedTiles? tiles))
        {
            ConstantTensor matrix = Tensor(name);
            int columns = matrix.Shape[1];
            tiles = PackedTiles.Create<TProduct>(range.Count, new TileShape(1, columns, isWide)).Pack<TProduct>(0, matrix.Int8.Slice(range.First * columns, range.Count * columns));
            _tiles[(name, range, isWide)] = tiles;
            _bytes += tiles.Bytes;
        }
        return tiles;
    }

    /// <summary>The integers of that name, widened to 32 bits.</summary>
    public int[] Integers(string name)
    {
        if (!_integers.TryGetValue(name, out int[]? values))
            _integers[name] = values = Tensor(name).Int32.ToArray();
        return values;
    }
}
