using Latch.Import.Graph;

namespace Latch.Import.Passes.Cells;

/// <summary>The weights of a cell, as a <see cref="RecurrentNode"/> has them. Two of one store are equal when their numbers are.</summary>
internal sealed record CellWeights(FloatTensor Input, FloatTensor Recurrent, FloatTensor InputBias, FloatTensor RecurrentBias, FloatTensor? Peepholes);

/// <summary>Makes the weights of cells; the steps of a loop share theirs.</summary>
internal sealed class CellWeightStore
{
    private readonly List<FloatTensor> _weights = [];

    public CellWeights Of(CellParts cell)
    {
        IReadOnlyList<Elements> inputs = cell.Inputs;
        int units = cell.Gates[0].Count, rows = cell.Gates.Length * units, columns = inputs.Sum(input => input.Count);
        return new CellWeights(
            Kept([rows, columns], InputWeights(cell, inputs)),
            Kept([rows, units], RecurrentWeights(cell)),
            Kept([rows], [.. cell.Gates.SelectMany(gate => gate.Bias)]),
            Kept([rows], RecurrentBias(cell)),
            cell.Kind == CellKind.Lstm && Peepholes(cell) is { } peepholes ? Kept([3 * units], peepholes) : null);
    }

    private static double[] InputWeights(CellParts cell, IReadOnlyList<Elements> inputs)
    {
        int size = inputs.Sum(input => input.Count);
        double[] weights = new double[cell.Gates.Length * cell.Gates[0].Count * size];
        int row = 0;
        foreach (LinearForm gate in cell.Gates)
        {
            double[][] parts = [.. inputs.Select(gate.Matrix)];
            for (int unit = 0; unit < gate.Count; unit++, row++)
            {
                int first = row * size;
                for (int part = 0; part < parts.Length; first += inputs[part].Count, part++)
                    Array.Copy(parts[part], unit * inputs[part].Count, weights, first, inputs[part].Count);
            }
        }
        return weights;
    }

    private static double[] RecurrentWeights(CellParts cell) =>
        [.. cell.Gates.Select((gate, i) => i == 2 && cell.Reset is { } reset ? reset.Matrix(reset.Sources.First()) : gate.Matrix(cell.Hidden)).SelectMany(matrix => matrix)];

    private static double[] RecurrentBias(CellParts cell)
    {
        double[] bias = new double[cell.Gates.Length * cell.Gates[0].Count];
        cell.Reset?.Bias.CopyTo(bias, 2 * cell.Gates[0].Count);
        return bias;
    }

    private static double[]? Peepholes(CellParts cell)
    {
        double[]?[] factors = [.. cell.Gates.Take(3).Select(gate => gate.Scaled.Any() ? gate.Factors(gate.Scaled.First()) : null)];
        return factors.All(gate => gate is null) ? null : [.. factors.SelectMany(gate => gate ?? new double[cell.Gates[0].Count])];
    }

    /// <summary>A tensor that an earlier step has already, or a new one.</summary>
    private FloatTensor Kept(int[] shape, double[] data)
    {
        FloatTensor tensor = new(shape, [.. data.Select(x => (float)x)]);
        if (_weights.FindLast(other => other.Shape.AsSpan().SequenceEqual(shape) && other.Data.AsSpan().SequenceEqual(tensor.Data)) is { } known)
            return known;
        _weights.Add(tensor);
        return tensor;
    }
}
