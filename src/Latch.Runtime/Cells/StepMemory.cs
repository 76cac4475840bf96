using System.Runtime.CompilerServices;
using Latch.Runtime.Kernels;

namespace Latch.Runtime.Cells;

/// <summary>What a cell writes within a step: prepared codes, and sums of tiles.</summary>
internal sealed class StepMemory
{
    /// <summary>
    /// Tiles whose products are taken one after the other before their gates, and their gates before their cells: enough that a processor always finds independent
    /// work within what it looks ahead, few enough that their sums stay in the nearest cache.
    /// </summary>
    public const int LargestGroup = 8;

    /// <summary>Steps whose input products are taken together: enough to use each weight many times, few enough that their sums stay near.</summary>
    public const int LargestBlock = 16;

    private readonly AlignedBuffer _inputs;
    private readonly AlignedBuffer _hidden;
    private readonly AlignedBuffer _reset;
    private readonly AlignedBuffer _sums;
    private readonly AlignedBuffer _values = new(TileShape.Units * sizeof(int));
    private readonly AlignedBuffer _blockSums;
    private readonly int _inputBytes;
    private readonly int _tileSums;
    private readonly int _groupSums;
    private readonly int _tiles;

    /// <param name="steps">Most steps of one run.</param>
    /// <param name="tiles">Tiles of the layer.</param>
    /// <param name="gates">Gates of the cell.</param>
    /// <param name="inputBytes">Bytes of a prepared input.</param>
    /// <param name="hiddenBytes">Bytes of a prepared hidden state.</param>
    /// <param name="resetBytes">Bytes of a prepared r h; 0 when the cell needs none.</param>
    public StepMemory(int steps, int tiles, int gates, int inputBytes, int hiddenBytes, int resetBytes)
    {
        Block = Math.Min(steps, LargestBlock);
        (_inputBytes, _tiles, _tileSums) = (inputBytes, tiles, gates * TileShape.Units);
        _inputs = new AlignedBuffer(Block * inputBytes);
        _hidden = new AlignedBuffer(hiddenBytes);
        _reset = new AlignedBuffer(resetBytes);
        _groupSums = Math.Min(tiles, LargestGroup) * _tileSums;
        _sums = new AlignedBuffer(2 * _groupSums * sizeof(int));
        // A GRU that multiplies r h keeps the input sums of all tiles for its second pass.
        _blockSums = new AlignedBuffer((Block > 1 ? Block : resetBytes > 0 ? 1 : 0) * tiles * _tileSums * sizeof(int));
    }

    /// <summary>Bytes of all of it.</summary>
    public long Bytes => _inputs.Length + _hidden.Length + _reset.Length + _sums.Length + _values.Length + _blockSums.Length;

    /// <summary>Most steps whose input products are taken together.</summary>
    public int Block { get; }

    /// <summary>True when the next step walks the tiles from the last to the first: what was read last is nearest.</summary>
    public bool Backward { get; set; }

    /// <summary>Prepared codes of the hidden state.</summary>
    public ref byte Hidden => ref _hidden.First;

    /// <summary>Prepared codes of r h.</summary>
    public ref byte Reset => ref _reset.First;

    /// <summary>Values of some units on their way through a function that takes them one by one [16].</summary>
    public ref int Values => ref _values.FirstInteger;

    /// <summary>Sums of a group's tiles with the input [tiles, gates, 16].</summary>
    public ref int InputSums => ref _sums.FirstInteger;

    /// <summary>Sums of a group's tiles with the hidden state [tiles, gates, 16].</summary>
    public ref int RecurrentSums => ref Unsafe.Add(ref _sums.FirstInteger, _groupSums);

    /// <summary>Integers of one tile's sums.</summary>
    public int TileSums => _tileSums;

    /// <summary>Prepared codes of a step's input.</summary>
    public ref byte Input(int step) => ref Unsafe.Add(ref _inputs.First, step * _inputBytes);

    /// <summary>Input sums of a tile in a step of the block [gates, 16].</summary>
    public ref int BlockSums(int step, int tile) => ref Unsafe.Add(ref _blockSums.FirstInteger, ((step * _tiles) + tile) * _tileSums);
}
