using Latch.Import.Graph;
using Latch.Model;

namespace Latch.Quantize.Tests.Models;

/// <summary>The float model with the weights and biases that an integer model stands for.</summary>
internal static class QuantizedWeights
{
    public static FloatModel Put(FloatModel model, ModelDefinition definition)
    {
        var shapes = model.Nodes.SelectMany(static node => node.Outputs).Concat(model.Inputs.Select(static input => input.Name)).Concat(model.Constants.Keys).Distinct().ToDictionary(static name => name, model.Shape);
        return new FloatModel([.. model.Nodes.Select(node => Replace(node, definition))], shapes)
        {
            Name = model.Name,
            Steps = model.Steps,
            Inputs = model.Inputs,
            Outputs = model.Outputs,
            Constants = model.Constants,
        };
    }

    private static GraphNode Replace(GraphNode node, ModelDefinition definition)
    {
        if (node is RecurrentNode recurrent && definition.Layers.FirstOrDefault(layer => layer.Name == node.Name) is { } found)
            return OfLayer(recurrent, found, definition);
        Plan plan = definition.Sequence ?? definition.Step!;
        return node is DenseNode dense && plan.Operations.OfType<DenseOperation>().FirstOrDefault(operation => operation.Name == node.Name) is { } operation
            ? OfDense(dense, operation, plan, definition)
            : node;
    }

    private static RecurrentNode OfLayer(RecurrentNode node, RecurrentLayer layer, ModelDefinition definition)
    {
        int rows = node.Gates * node.HiddenSize;
        double unit = Math.ScaleB(1, -13 - layer.Shift);
        double Hidden(int row) => layer.ResetHidden is { } reset && row >= 2 * node.HiddenSize ? reset.Scale : layer.Hidden.Scale;
        float[] Scaled(string codes, string multipliers, int columns, Func<int, double> scale)
        {
            sbyte[] weights = definition.Constants[codes].Int8.ToArray();
            int[] factors = definition.Constants[multipliers].Int32.ToArray();
            return [.. weights.Select((code, i) => (float)((double)code * factors[i / columns] * unit / scale(i / columns)))];
        }
        float[] bias = [.. definition.Constants[layer.Bias].Int32.ToArray().Select(code => (float)Math.ScaleB(code, -layer.BiasFractionBits))];
        float[] recurrent = new float[rows];
        if (layer.RecurrentBias is { } name)
            definition.Constants[name].Int32.ToArray().Select(code => (float)Math.ScaleB(code, -layer.BiasFractionBits)).ToArray().CopyTo(recurrent, 2 * node.HiddenSize);
        return node with
        {
            InputWeights = new FloatTensor([rows, node.InputSize], Scaled(layer.InputWeights, layer.InputMultipliers, node.InputSize, _ => layer.Input.Scale)),
            RecurrentWeights = new FloatTensor([rows, node.HiddenSize], Scaled(layer.RecurrentWeights, layer.RecurrentMultipliers, node.HiddenSize, Hidden)),
            InputBias = new FloatTensor([rows], bias),
            RecurrentBias = new FloatTensor([rows], recurrent),
        };
    }

    private static DenseNode OfDense(DenseNode node, DenseOperation operation, Plan plan, ModelDefinition definition)
    {
        double input = plan.Tensors[operation.Input].Quantization.Scale;
        double unit = operation.Activation is null ? plan.Tensors[operation.Output].Quantization.Scale : Math.ScaleB(1, -13);
        double biasUnit = operation.Activation is null ? unit / 128 : Math.ScaleB(1, -20);
        sbyte[] codes = definition.Constants[operation.Weights].Int8.ToArray();
        int[] multipliers = definition.Constants[operation.Multipliers].Int32.ToArray(), bias = definition.Constants[operation.Bias].Int32.ToArray();
        int columns = node.Weights.Shape[1];
        return node with
        {
            Weights = new FloatTensor(node.Weights.Shape, [.. codes.Select((code, i) => (float)(code * Math.ScaleB(multipliers[i / columns], -operation.Shift) * unit / input))]),
            Bias = new FloatTensor([bias.Length], [.. bias.Select(code => (float)(code * biasUnit))]),
        };
    }
}
