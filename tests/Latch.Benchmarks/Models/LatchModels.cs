using Latch.Import;
using Latch.Import.Graph;
using Latch.Model;
using Latch.Quantize;
using Latch.Quantize.Calibration;

namespace Latch.Benchmarks.Models;

/// <summary>A layer taken through the importer and the quantizer.</summary>
internal static class LatchModels
{
    private const int StreamRows = 2000;
    private const int Windows = 16;
    private const int CalibrationSeed = 7001;

    /// <summary>The options of every timed model: each tensor that meets a weight keeps 8 bits, so that int8 codes can be handed in.</summary>
    public static QuantizeOptions AllInt8 { get; } = new() { WidenCostly = false };

    /// <summary>A model of one step, calibrated on one long series with the state carried along.</summary>
    public static ModelDefinition Streaming(RandomLayer layer, QuantizeOptions options)
    {
        int width = layer.Size.Inputs;
        CalibrationData data = CalibrationData.FromStream(Cut(RandomLayer.Samples(StreamRows * width, CalibrationSeed), width));
        return Quantizer.Quantize(Import(layer, 1), data, options).Definition;
    }

    /// <summary>A model of whole windows that yields the hidden state of each step.</summary>
    public static ModelDefinition Window(RandomLayer layer, int steps, QuantizeOptions options)
    {
        int width = steps * layer.Size.Inputs;
        CalibrationData data = CalibrationData.FromWindows(Cut(RandomLayer.Samples(Windows * width, CalibrationSeed), width));
        return Quantizer.Quantize(Import(layer, steps), data, options).Definition;
    }

    /// <summary>The codes of real samples in the format of a streaming model's input; empty when that has 16 bits.</summary>
    public static sbyte[] Codes(ModelDefinition definition, ReadOnlySpan<float> samples)
    {
        Plan plan = definition.Step!;
        Quantization format = plan.Tensors[plan.Inputs[0].Tensor].Quantization;
        if (format.Type != ElementType.Int8)
            return [];
        sbyte[] codes = new sbyte[samples.Length];
        for (int i = 0; i < samples.Length; i++)
            codes[i] = (sbyte)Math.Clamp(Math.Round(samples[i] / format.Scale) + format.ZeroPoint, format.MinCode, format.MaxCode);
        return codes;
    }

    /// <summary>Real samples as the codes of a streaming model's input tell them.</summary>
    public static float[] OnCodes(ModelDefinition definition, ReadOnlySpan<float> samples)
    {
        Plan plan = definition.Step!;
        Quantization format = plan.Tensors[plan.Inputs[0].Tensor].Quantization;
        return [.. Codes(definition, samples).Select(code => (float)((code - format.ZeroPoint) * format.Scale))];
    }

    private static FloatModel Import(RandomLayer layer, int steps) =>
        OnnxImporter.Import(OnnxModels.Sequence(layer, "time"), $"{layer.Cell}-{layer.Size}.onnx", new ImportOptions { Steps = steps });

    private static float[][] Cut(float[] values, int width) => [.. values.Chunk(width)];
}
