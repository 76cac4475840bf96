using Latch.Model;
using Latch.Runtime.Cells;
using Latch.Runtime.Kernels;

namespace Latch.Runtime;

/// <summary>A model's weights as the kernel wants them: packed once, shared by both plans.</summary>
internal sealed class ModelWeights
{
    private readonly ModelDefinition _definition;
    private readonly Dictionary<string, PackedMatrix> _packed = [];
    private readonly Dictionary<string, int[]> _integers = [];
    private readonly List<RecurrentRows> _rows = [];

    public ModelWeights(ModelDefinition definition, Kernel kernel)
    {
        (_definition, Kernel) = (definition, kernel);
        Cells = new Cell[definition.Layers.Count];
        for (int layer = 0; layer < Cells.Length; layer++)
        {
            var rows = new RecurrentRows(definition.Layers[layer], definition.Constants, kernel);
            _rows.Add(rows);
            Cells[layer] = Cell.Create(definition.Layers[layer], rows);
        }
    }

    public Kernel Kernel { get; }

    /// <summary>One per recurrent layer.</summary>
    public Cell[] Cells { get; }

    /// <summary>Bytes held so far.</summary>
    public long Bytes => _rows.Sum(rows => rows.Bytes) + _packed.Values.Sum(matrix => (long)matrix.Weights.Length) + _integers.Values.Sum(values => sizeof(int) * (long)values.Length);

    public ConstantTensor Tensor(string name) => _definition.Constants[name];

    /// <summary>The matrix [rows, columns] of that name, packed.</summary>
    public PackedMatrix Pack(string name)
    {
        if (!_packed.TryGetValue(name, out PackedMatrix? matrix))
        {
            ConstantTensor tensor = Tensor(name);
            _packed[name] = matrix = Kernel.Pack(tensor.Int8, tensor.Shape[0], tensor.Shape[1]);
        }
        return matrix;
    }

    /// <summary>The integers of that name, widened to 32 bits.</summary>
    public int[] Integers(string name)
    {
        if (!_integers.TryGetValue(name, out int[]? values))
            _integers[name] = values = Tensor(name).Int32.ToArray();
        return values;
    }
}
