using Latch.Model;

namespace Latch.Runtime.Tests.Reference;

/// <summary>What a layer of the tests is made of.</summary>
internal sealed record LayerOptions(CellKind Kind, int Inputs, int Units)
{
    public bool Wide { get; init; }
    public bool LinearBeforeReset { get; init; } = true;
    public bool Peepholes { get; init; }
    public bool InputForget { get; init; }
    public bool Reverse { get; init; }
    public int CellFractionBits { get; init; } = 24;
    public double WeightRange { get; init; } = 0.5;
    public double InputRange { get; init; } = 2;
    public double HiddenRange { get; init; } = 1;
    public ActivationFunction? Gate { get; init; }
    public ActivationFunction? Candidate { get; init; }
    public ActivationFunction? Output { get; init; }
}

/// <summary>A recurrent layer in double precision, written from the ONNX equations.</summary>
internal sealed class FloatLayer
{
    public FloatLayer(LayerOptions options, Random random)
    {
        Options = options;
        Gates = options.Kind switch { CellKind.Lstm => 4, CellKind.Gru => 3, _ => 1 };
        int rows = Gates * options.Units;
        Input = Matrix(random, rows, options.Inputs, options.WeightRange);
        Recurrent = Matrix(random, rows, options.Units, options.WeightRange);
        Bias = Vector(random, rows, options.WeightRange);
        RecurrentBias = Vector(random, rows, options.WeightRange);
        Peepholes = Vector(random, 3 * options.Units, options.Peepholes ? options.WeightRange : 0);
        Hidden = new double[options.Units];
        Cell = new double[options.Units];
    }

    public LayerOptions Options { get; }
    public int Gates { get; }
    public double[][] Input { get; }
    public double[][] Recurrent { get; }
    public double[] Bias { get; }
    public double[] RecurrentBias { get; }
    public double[] Peepholes { get; }
    public double[] Hidden { get; private set; }
    public double[] Cell { get; }

    public void Step(double[] x)
    {
        int units = Options.Units;
        Func<double, double> f = Function(Options.Gate ?? Default(ActivationKind.Sigmoid, ActivationKind.Sigmoid, ActivationKind.Tanh));
        Func<double, double> g = Function(Options.Candidate ?? new ActivationFunction(ActivationKind.Tanh));
        Func<double, double> h = Function(Options.Output ?? new ActivationFunction(ActivationKind.Tanh));
        double[] next = new double[units];
        double Sum(int row, double[] state) => Dot(Input[row], x) + Bias[row] + Dot(Recurrent[row], state) + RecurrentBias[row];
        double[] reset = [.. Enumerable.Range(0, Options.Kind == CellKind.Gru ? units : 0).Select(u => f(Sum(units + u, Hidden)))];
        double[] resetHidden = [.. reset.Select((r, u) => r * Hidden[u])];
        for (int u = 0; u < units; u++)
        {
            if (Options.Kind == CellKind.Lstm)
            {
                double i = f(Sum(u, Hidden) + (Peepholes[u] * Cell[u]));
                double forget = Options.InputForget ? 1 - i : f(Sum((2 * units) + u, Hidden) + (Peepholes[(2 * units) + u] * Cell[u]));
                Cell[u] = (forget * Cell[u]) + (i * g(Sum((3 * units) + u, Hidden)));
                next[u] = f(Sum(units + u, Hidden) + (Peepholes[units + u] * Cell[u])) * h(Cell[u]);
            }
            else if (Options.Kind == CellKind.Gru)
            {
                int row = (2 * units) + u;
                double z = f(Sum(u, Hidden));
                double n = Options.LinearBeforeReset
                    ? g(Dot(Input[row], x) + Bias[row] + (reset[u] * (Dot(Recurrent[row], Hidden) + RecurrentBias[row])))
                    : g(Sum(row, resetHidden));
                next[u] = ((1 - z) * n) + (z * Hidden[u]);
            }
            else
            {
                next[u] = f(Sum(u, Hidden));
            }
        }
        Hidden = next;
    }

    public static Func<double, double> Function(ActivationFunction function)
    {
        double alpha = function.Alpha / 16777216.0, beta = function.Beta / 16777216.0;
        return function.Kind switch
        {
            ActivationKind.Identity => x => x,
            ActivationKind.Sigmoid => x => 1 / (1 + Math.Exp(-x)),
            ActivationKind.Tanh => Math.Tanh,
            ActivationKind.Relu => x => Math.Max(x, 0),
            ActivationKind.LeakyRelu => x => x >= 0 ? x : alpha * x,
            ActivationKind.ThresholdedRelu => x => x > alpha ? x : 0,
            ActivationKind.Affine => x => (alpha * x) + beta,
            ActivationKind.ScaledTanh => x => alpha * Math.Tanh(beta * x),
            ActivationKind.HardSigmoid => x => Math.Clamp((alpha * x) + beta, 0, 1),
            ActivationKind.Elu => x => x >= 0 ? x : alpha * (Math.Exp(x) - 1),
            ActivationKind.Softsign => x => x / (1 + Math.Abs(x)),
            ActivationKind.Softplus => x => Math.Max(x, 0) + Math.Log(1 + Math.Exp(-Math.Abs(x))),
            ActivationKind.Clip => x => Math.Min(Math.Max(x, alpha), beta),
            ActivationKind.Gelu => x => x / 2 * (1 + ErrorFunction(x / Math.Sqrt(2))),
            ActivationKind.GeluTanh => x => x / 2 * (1 + Math.Tanh(Math.Sqrt(2 / Math.PI) * (x + (0.044715 * x * x * x)))),
            ActivationKind.HardSwish => x => x * Math.Clamp((x / 6) + 0.5, 0, 1),
            ActivationKind.Erf => ErrorFunction,
            ActivationKind.Atan => Math.Atan,
            _ => throw new ArgumentOutOfRangeException(nameof(function)),
        };
    }

    /// <summary>erf x by the series 2/sqrt(pi) e^-x^2 sum of 2^n x^(2n+1) / (2n+1)!!.</summary>
    public static double ErrorFunction(double x)
    {
        if (Math.Abs(x) > 6)
            return Math.Sign(x);
        double term = x, sum = 0;
        for (int n = 0; Math.Abs(term) > 1e-18 * Math.Abs(sum) || n == 0; n++)
        {
            sum += term;
            term *= 2 * x * x / ((2 * n) + 3);
        }
        return 2 / Math.Sqrt(Math.PI) * Math.Exp(-x * x) * sum;
    }

    private ActivationFunction Default(ActivationKind lstm, ActivationKind gru, ActivationKind rnn) =>
        new(Options.Kind switch { CellKind.Lstm => lstm, CellKind.Gru => gru, _ => rnn });

    private static double Dot(double[] a, double[] b) => a.Zip(b, (x, y) => x * y).Sum();

    private static double[] Vector(Random random, int count, double range) => [.. Enumerable.Range(0, count).Select(_ => ((2 * random.NextDouble()) - 1) * range)];

    private static double[][] Matrix(Random random, int rows, int columns, double range) => [.. Enumerable.Range(0, rows).Select(_ => Vector(random, columns, range))];
}
