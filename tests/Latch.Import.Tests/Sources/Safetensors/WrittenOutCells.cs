namespace Latch.Import.Tests.Sources.Safetensors;

/// <summary>
/// The cells of Keras and Candle, written out gate by gate in double as their sources write them, over the tensors as they are stored. Every method gives
/// [steps, units]; nothing of what is tested is used here.
/// </summary>
internal sealed class WrittenOutCells(int inputs, int units)
{
    private readonly int _inputs = inputs;
    private readonly int _units = units;

    /// <summary>Keras LSTMCell: x @ kernel + h @ recurrent_kernel + bias split along the last axis into i, f, c, o.</summary>
    public List<double> KerasLstm(float[] x, float[] kernel, float[] recurrent, float[]? bias, Func<double, double> gate, Func<double, double> activation)
    {
        (double[] h, double[] c) = (new double[_units], new double[_units]);
        return Steps(x, row =>
        {
            double[] z = Columns(row, kernel, h, recurrent, bias, 4);
            (double[] nextC, double[] nextH) = (new double[_units], new double[_units]);
            for (int unit = 0; unit < _units; unit++)
            {
                double i = gate(z[unit]);
                double f = gate(z[_units + unit]);
                nextC[unit] = (f * c[unit]) + (i * activation(z[(2 * _units) + unit]));
                double o = gate(z[(3 * _units) + unit]);
                nextH[unit] = o * activation(nextC[unit]);
            }
            (h, c) = (nextH, nextC);
            return h;
        });
    }

    /// <summary>Keras GRUCell with reset_after: gates z, r, h; hh = act(x_h + r * recurrent_h), each part with its own bias.</summary>
    public List<double> KerasGruAfter(float[] x, float[] kernel, float[] recurrent, float[]? bias, Func<double, double> gate)
    {
        double[] h = new double[_units];
        return Steps(x, row =>
        {
            double[] matrixX = Columns(row, kernel, [], [], bias?[..(3 * _units)], 3);
            double[] matrixInner = Columns([], [], h, recurrent, bias?[(3 * _units)..], 3);
            double[] next = new double[_units];
            for (int unit = 0; unit < _units; unit++)
            {
                double z = gate(matrixX[unit] + matrixInner[unit]);
                double r = gate(matrixX[_units + unit] + matrixInner[_units + unit]);
                double hh = Math.Tanh(matrixX[(2 * _units) + unit] + (r * matrixInner[(2 * _units) + unit]));
                next[unit] = (z * h[unit]) + ((1 - z) * hh);
            }
            return h = next;
        });
    }

    /// <summary>Keras GRUCell without reset_after: hh = act(x_h + (r * h) @ recurrent_h), one bias on the side of the input.</summary>
    public List<double> KerasGruBefore(float[] x, float[] kernel, float[] recurrent, float[]? bias, Func<double, double> gate)
    {
        double[] h = new double[_units];
        return Steps(x, row =>
        {
            double[] matrixX = Columns(row, kernel, [], [], bias, 3);
            double[] inner = Columns([], [], h, recurrent, null, 3);
            double[] r = [.. Enumerable.Range(0, _units).Select(unit => gate(matrixX[_units + unit] + inner[_units + unit]))];
            double[] reset = Columns([], [], [.. h.Select((state, unit) => r[unit] * state)], recurrent, null, 3);
            double[] next = new double[_units];
            for (int unit = 0; unit < _units; unit++)
            {
                double z = gate(matrixX[unit] + inner[unit]);
                next[unit] = (z * h[unit]) + ((1 - z) * Math.Tanh(matrixX[(2 * _units) + unit] + reset[(2 * _units) + unit]));
            }
            return h = next;
        });
    }

    /// <summary>Keras SimpleRNNCell: act(x @ kernel + bias + h @ recurrent_kernel).</summary>
    public List<double> KerasRnn(float[] x, float[] kernel, float[] recurrent, float[]? bias)
    {
        double[] h = new double[_units];
        return Steps(x, row => h = [.. Columns(row, kernel, h, recurrent, bias, 1).Select(Math.Tanh)]);
    }

    /// <summary>candle-nn LSTM::step: chunks of x @ w_ih^T + b_ih + h @ w_hh^T + b_hh are in_gate, forget_gate, cell_gate, out_gate.</summary>
    public List<double> CandleLstm(float[] x, float[] wih, float[] whh, float[]? bih, float[]? bhh)
    {
        (double[] h, double[] c) = (new double[_units], new double[_units]);
        return Steps(x, row =>
        {
            double[] ih = Rows(wih, row, bih, 4);
            double[] hh = Rows(whh, h, bhh, 4);
            double Chunk(int chunk, int unit) => ih[(chunk * _units) + unit] + hh[(chunk * _units) + unit];
            (double[] nextC, double[] nextH) = (new double[_units], new double[_units]);
            for (int unit = 0; unit < _units; unit++)
            {
                double inGate = Sigmoid(Chunk(0, unit));
                double forgetGate = Sigmoid(Chunk(1, unit));
                double cellGate = Math.Tanh(Chunk(2, unit));
                double outGate = Sigmoid(Chunk(3, unit));
                nextC[unit] = (forgetGate * c[unit]) + (inGate * cellGate);
                nextH[unit] = outGate * Math.Tanh(nextC[unit]);
            }
            (h, c) = (nextH, nextC);
            return h;
        });
    }

    /// <summary>candle-nn GRU::step: chunks are r, z, n; n = tanh(ih_n + r * hh_n), next = z * h - (z - 1) * n.</summary>
    public List<double> CandleGru(float[] x, float[] wih, float[] whh, float[]? bih, float[]? bhh)
    {
        double[] h = new double[_units];
        return Steps(x, row =>
        {
            double[] ih = Rows(wih, row, bih, 3);
            double[] hh = Rows(whh, h, bhh, 3);
            double[] next = new double[_units];
            for (int unit = 0; unit < _units; unit++)
            {
                double r = Sigmoid(ih[unit] + hh[unit]);
                double z = Sigmoid(ih[_units + unit] + hh[_units + unit]);
                double n = Math.Tanh(ih[(2 * _units) + unit] + (r * hh[(2 * _units) + unit]));
                next[unit] = (z * h[unit]) - ((z - 1) * n);
            }
            return h = next;
        });
    }

    public static double Sigmoid(double x) => 1 / (1 + Math.Exp(-x));

    private List<double> Steps(float[] x, Func<double[], double[]> step)
    {
        List<double> result = [];
        for (int at = 0; at < x.Length; at += _inputs)
            result.AddRange(step([.. x.Skip(at).Take(_inputs).Select(number => (double)number)]));
        return result;
    }

    // v @ matrix, where the matrix is [length of v, gates * units].
    private double[] Columns(double[] x, float[] kernel, double[] h, float[] recurrent, float[]? bias, int gates)
    {
        int width = gates * _units;
        double[] sums = new double[width];
        for (int column = 0; column < width; column++)
        {
            sums[column] = bias?[column] ?? 0;
            for (int k = 0; k < x.Length; k++)
                sums[column] += x[k] * kernel[(k * width) + column];
            for (int k = 0; k < h.Length; k++)
                sums[column] += h[k] * recurrent[(k * width) + column];
        }
        return sums;
    }

    // matrix @ v + bias, where the matrix is [gates * units, length of v].
    private double[] Rows(float[] matrix, double[] v, float[]? bias, int gates) => [.. Enumerable.Range(0, gates * _units)
        .Select(row => (bias?[row] ?? 0) + v.Select((number, k) => number * matrix[(row * v.Length) + k]).Sum())];
}
