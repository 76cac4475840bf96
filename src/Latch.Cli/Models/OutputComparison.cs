using Latch.Runtime;

namespace Latch.Cli.Models;

/// <summary>How far one output of the integer model is from the float model's.</summary>
/// <param name="Name">The output.</param>
/// <param name="Count">Numbers compared.</param>
/// <param name="Bias">Mean of integer - float.</param>
/// <param name="MeanDifference">Mean absolute difference.</param>
/// <param name="RmsDifference">Root mean square of the difference.</param>
/// <param name="LargestDifference">Largest absolute difference.</param>
/// <param name="SqnrDb">Signal-to-noise ratio: power of the float output over power of the difference, in dB; infinite when they agree.</param>
/// <param name="FloatRms">Root mean square of the float output.</param>
internal sealed record OutputError(
    string Name, long Count, double Bias, double MeanDifference, double RmsDifference, double LargestDifference, double SqnrDb, double FloatRms);

/// <summary>Results of both models, run by run.</summary>
/// <param name="Outputs">Outputs of one run: where their values lie.</param>
/// <param name="Integers">One result per run.</param>
/// <param name="Floats">One result per run.</param>
internal sealed record OutputComparison(IReadOnlyList<PortInfo> Outputs, IReadOnlyList<float[]> Integers, IReadOnlyList<float[]> Floats)
{
    /// <summary>Errors per output, over all runs.</summary>
    public IReadOnlyList<OutputError> Errors() => [.. Outputs.Select(Error)];

    /// <summary>Largest absolute difference of each run, over all outputs.</summary>
    public double[] ErrorOverTime() =>
        [.. Integers.Zip(Floats, (integers, floats) => integers.Zip(floats, (a, b) => Math.Abs((double)a - b)).Max())];

    /// <summary>The runs with the largest difference, worst first.</summary>
    public IReadOnlyList<WorstRun> Worst(int count)
    {
        double[] errors = ErrorOverTime();
        return [.. Enumerable.Range(0, errors.Length).OrderByDescending(run => errors[run]).Take(count).Select(run => Describe(run, errors[run]))];
    }

    private WorstRun Describe(int run, double error)
    {
        float[] integers = Integers[run], floats = Floats[run];
        int at = Enumerable.Range(0, integers.Length).MaxBy(index => Math.Abs((double)integers[index] - floats[index]));
        PortInfo port = Outputs.Last(output => output.Offset <= at);
        return new WorstRun(run, port.Name, at - port.Offset, floats[at], integers[at], error);
    }

    private OutputError Error(PortInfo port)
    {
        double sum = 0, absolute = 0, squares = 0, largest = 0, signal = 0;
        for (int run = 0; run < Integers.Count; run++)
        {
            for (int at = port.Offset; at < port.Offset + port.Count; at++)
            {
                double difference = (double)Integers[run][at] - Floats[run][at];
                sum += difference;
                absolute += Math.Abs(difference);
                squares += difference * difference;
                signal += (double)Floats[run][at] * Floats[run][at];
                largest = Math.Max(largest, Math.Abs(difference));
            }
        }

        long count = (long)Integers.Count * port.Count;
        return new OutputError(port.Name, count, sum / count, absolute / count, Math.Sqrt(squares / count), largest, 10 * Math.Log10(signal / squares), Math.Sqrt(signal / count));
    }
}

/// <summary>A run with a large difference.</summary>
/// <param name="Run">Window or row, counted from 0.</param>
/// <param name="Output">The output where the difference is largest.</param>
/// <param name="Index">The value within the output.</param>
/// <param name="Float">What the float model said.</param>
/// <param name="Integer">What the integer model said.</param>
/// <param name="Error">Absolute difference.</param>
internal sealed record WorstRun(int Run, string Output, int Index, double Float, double Integer, double Error);
