using System.Runtime.Intrinsics;

namespace Latch.Conventions.Tests;

/// <summary>One small type per way in which floating point can enter: what the scan must find, and what it must let through.</summary>
internal static class FloatSamples
{
    internal sealed class Field
    {
        private double _field;

        internal void Swap(ref Field other) => (other._field, _field) = (_field, other._field);
    }

    internal sealed class ArrayField(int length)
    {
        private readonly float[] _values = new float[length];

        internal int Length => _values.Length;
    }

    internal static class Parameter
    {
        internal static int Of(float value) => value > 0 ? 1 : 0;
    }

    internal static class Result
    {
        internal static double Of(double[] values) => values[0];
    }

    internal static class Constant
    {
        internal static int Of(int value) => (int)(value * 0.5);
    }

    internal static class Conversion
    {
        internal static long Of(int value) => BitConverter.DoubleToInt64Bits(value);
    }

    internal static class SpanElement
    {
        internal static int Of(ReadOnlySpan<float> values) => values[0] > values[1] ? 1 : 0;
    }

    internal static class ArrayElement
    {
        internal static Array Of(int value) => new[] { (float)value };
    }

    internal static class Local
    {
        internal static int Of(int value)
        {
            double sum = value;
            for (int i = 0; i < value; i++)
                sum *= sum;
            return sum > 1 ? 1 : 0;
        }
    }

    internal static class Call
    {
        internal static string Of() => string.Create(null, $"{Math.Max(Source.E, 1)}");
    }

    internal static class Source
    {
        internal static double E { get; set; }
    }

    internal static class Vector
    {
        internal static int Of(Vector128<int> value) => Vector128.ConvertToSingle(value).AsInt32()[0];
    }

    internal static class PassedAlong
    {
        internal static int Of(ReadOnlySpan<float> input, Span<float> output) => Both(input[1..], output[..input.Length]);

        internal static int Both(ReadOnlySpan<float> input, Span<float> output) => input.Length + output.Length;

        internal static int Empty() => Both([], []);
    }
}
