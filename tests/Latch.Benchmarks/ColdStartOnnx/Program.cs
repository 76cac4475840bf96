using Latch.Benchmarks.Cold;
using Microsoft.ML.OnnxRuntime;

// args[0]: the .onnx file with inputs "x" [1, 1, inputs] and the states, which begin at zero. One step.
using var options = new SessionOptions { IntraOpNumThreads = 1, InterOpNumThreads = 1 };
using var session = new InferenceSession(args[0], options);
List<OrtValue> inputs = [];
foreach (string name in session.InputNames)
{
    long[] shape = [.. session.InputMetadata[name].Dimensions.Select(static length => (long)length)];
    float[] data = name == "x" ? ColdReport.Sample((int)shape[^1]) : new float[shape[^1]];
    inputs.Add(OrtValue.CreateTensorValueFromMemory(data, shape));
}
using var run = new RunOptions();
using IDisposableReadOnlyCollection<OrtValue> outputs = session.Run(run, session.InputNames, inputs, session.OutputNames);
ColdReport.Print(outputs[0].GetTensorDataAsSpan<float>(), args);
