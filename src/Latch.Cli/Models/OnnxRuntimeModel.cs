using Latch.Import.Graph;
using Latch.Import.Sources;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace Latch.Cli.Models;

/// <summary>A model run by ONNX Runtime in floating point: the truth that integer results are compared with.</summary>
internal sealed class OnnxRuntimeModel : IDisposable
{
    private readonly InferenceSession _session;
    private readonly FloatModel _shapes;
    private readonly bool _carriesStates;
    private readonly StatePair[] _pairs;
    private readonly Dictionary<string, float[]> _states = [];

    /// <param name="path">The trained model; of one that is not ONNX, what it is translated to is run.</param>
    /// <param name="shapes">The same file imported with the number of steps of a run: gives every input its shape.</param>
    /// <param name="carriesStates">Whether the states that are inputs and outputs of the file are handed on from run to run; else each run begins with zeros.</param>
    /// <exception cref="CommandException">ONNX Runtime does not take the file.</exception>
    public OnnxRuntimeModel(string path, FloatModel shapes, bool carriesStates = false)
    {
        (_shapes, _carriesStates, _pairs) = (shapes, carriesStates, [.. shapes.States, .. shapes.LayerStates]);
        using SessionOptions options = new() { IntraOpNumThreads = 1, InterOpNumThreads = 1, LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL };
        try
        {
            _session = ModelSource.Open(path).ToOnnx() is { } translated ? new InferenceSession(translated, options) : new InferenceSession(path, options);
        }
        catch (OnnxRuntimeException exception)
        {
            throw CommandException.BadInput($"{path}: ONNX Runtime refuses the model: {exception.Message}");
        }
    }

    /// <summary>False when the model has outputs that the file has not, where a random head was cut off, or takes the batch that the file fixes as 1.</summary>
    public bool HasOutputs => _shapes.Outputs.All(output => _session.OutputMetadata.ContainsKey(output.Name))
        && _shapes.Inputs.All(input => _session.InputMetadata[input.Name].Dimensions.Zip(input.Shape).All(pair => pair.First <= 0 || pair.First == pair.Second));

    /// <summary>Whether the model's states are inputs of the file. Those of windows that are carried from step to step are not.</summary>
    public bool HasStates => _pairs.All(pair => _session.InputMetadata.ContainsKey(pair.Input));

    /// <summary>Runs the model once.</summary>
    /// <param name="input">All inputs one after the other, each row-major.</param>
    /// <returns>All outputs one after the other, each row-major.</returns>
    public float[] Run(float[] input)
    {
        Dictionary<string, OrtValue> inputs = [];
        List<float> result = [];
        try
        {
            int start = 0;
            foreach (ValueInfo info in _shapes.Inputs)
            {
                int count = TensorShape.Count(info.Shape);
                inputs[info.Name] = Value(info.Name, input[start..(start + count)], info.Shape);
                start += count;
            }
            foreach (string other in _session.InputNames.Where(name => !inputs.ContainsKey(name)))
                inputs[other] = Other(other);

            using RunOptions run = new();
            string[] names = [.. _shapes.Outputs.Select(output => output.Name), .. _pairs.Select(pair => pair.Output)]; // One that holds several states comes several times.
            using IDisposableReadOnlyCollection<OrtValue> outputs = _session.Run(run, inputs, names);
            for (int i = 0; i < names.Length; i++)
            {
                if (i < _shapes.Outputs.Count)
                    result.AddRange(Numbers(outputs[i]));
                else if (_carriesStates)
                    Keep(_pairs[i - _shapes.Outputs.Count], Numbers(outputs[i]));
            }
        }
        finally
        {
            foreach (OrtValue value in inputs.Values)
                value.Dispose();
        }

        return [.. result];
    }

    public void Dispose() => _session.Dispose();

    /// <summary>Keeps the part of an output that is a state.</summary>
    private void Keep(StatePair pair, float[] output)
    {
        int count = TensorShape.Count([.. _session.InputMetadata[pair.Input].Dimensions.Select(length => Math.Max(1, length))]);
        _states[pair.Input] = output[pair.Offset..(pair.Offset + count)];
    }

    /// <summary>An input that is none of the model: a state, a number that it always holds, or zeros.</summary>
    private OrtValue Other(string name)
    {
        int[] shape = [.. _session.InputMetadata[name].Dimensions.Select(length => Math.Max(1, length))];
        float[]? numbers = _shapes.KnownInputs.TryGetValue(name, out long known)
            ? [.. Enumerable.Repeat((float)known, TensorShape.Count(shape))]
            : _states.GetValueOrDefault(name);
        return Value(name, numbers, shape);
    }

    /// <summary>Numbers as the type that an input has in the file; zeros where none are given.</summary>
    private OrtValue Value(string name, float[]? numbers, int[] shape)
    {
        long[] lengths = [.. shape.Select(length => (long)length)];
        numbers ??= new float[TensorShape.Count(shape)];
        return _session.InputMetadata[name].ElementDataType switch
        {
            TensorElementType.Int64 => OrtValue.CreateTensorValueFromMemory(Array.ConvertAll(numbers, number => (long)number), lengths),
            TensorElementType.Int32 => OrtValue.CreateTensorValueFromMemory(Array.ConvertAll(numbers, number => (int)number), lengths),
            TensorElementType.Bool => OrtValue.CreateTensorValueFromMemory(Array.ConvertAll(numbers, number => number != 0), lengths),
            TensorElementType.Double => OrtValue.CreateTensorValueFromMemory(Array.ConvertAll(numbers, number => (double)number), lengths),
            TensorElementType.Float16 => OrtValue.CreateTensorValueFromMemory(Array.ConvertAll(numbers, number => (Float16)number), lengths),
            TensorElementType.UInt8 => OrtValue.CreateTensorValueFromMemory(Array.ConvertAll(numbers, number => (byte)number), lengths),
            TensorElementType.Int8 => OrtValue.CreateTensorValueFromMemory(Array.ConvertAll(numbers, number => (sbyte)number), lengths),
            _ => OrtValue.CreateTensorValueFromMemory(numbers, lengths),
        };
    }

    private static float[] Numbers(OrtValue value) => value.GetTensorTypeAndShape().ElementDataType switch
    {
        TensorElementType.Int64 => [.. value.GetTensorDataAsSpan<long>().ToArray().Select(number => (float)number)],
        TensorElementType.Int32 => [.. value.GetTensorDataAsSpan<int>().ToArray().Select(number => (float)number)],
        TensorElementType.Bool => [.. value.GetTensorDataAsSpan<bool>().ToArray().Select(truth => truth ? 1f : 0f)],
        TensorElementType.Double => [.. value.GetTensorDataAsSpan<double>().ToArray().Select(number => (float)number)],
        TensorElementType.Float16 => [.. value.GetTensorDataAsSpan<Float16>().ToArray().Select(number => (float)number)],
        _ => value.GetTensorDataAsSpan<float>().ToArray(),
    };
}
