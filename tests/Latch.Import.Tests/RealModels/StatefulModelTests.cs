using Latch.Import.Graph;
using Latch.Import.Onnx;
using Latch.Import.Reference;
using Latch.Import.Tests.Support;

namespace Latch.Import.Tests.RealModels;

/// <summary>Trained models whose states are inputs and outputs.</summary>
public sealed class StatefulModelTests
{
    private const int Frames = 250;

    [Fact]
    public void Import_DtlnMask_IsTwoLayersWithoutStatePorts()
    {
        FloatModel model = OnnxImporter.Import(SharedData.Require("models/dtln/model_1.onnx"));

        Assert.Equal(["input_2"], model.Inputs.Select(input => input.Name));
        Assert.Equal(["activation_2"], model.Outputs.Select(output => output.Name));
        Assert.Equal([(257, 128), (128, 128)], model.Nodes.OfType<RecurrentNode>().Select(node => (node.InputSize, node.HiddenSize)));
        Assert.Equal([new StatePair("input_3", "tf_op_layer_stack_2")], model.LayerStates);
    }

    [Fact]
    public void Run_DtlnMaskOverConsecutiveFrames_GivesTheMasksOfOnnxRuntime()
    {
        FloatReference reference = new(OnnxImporter.Import(SharedData.Require("models/dtln/model_1.onnx")), carryState: true);
        TensorFile file = new(SharedData.Require("models/dtln/eval.safetensors"));
        float[] frames = file.Floats("mags"), masks = file.Floats("mask");
        int width = frames.Length / Frames;
        for (int frame = 0; frame < Frames; frame++)
        {
            float[] mask = reference.Run(frames.AsSpan(frame * width, width)).ToArray();
            for (int bin = 0; bin < width; bin++)
                Assert.Equal(masks[(frame * width) + bin], mask[bin], 1e-4);
        }
    }

    [Fact]
    public void Run_HallwayOverSteps_GivesTheLogitsOfOnnxRuntime()
    {
        string path = SharedData.Require("models/mlagents-hallway/Hallway.onnx");
        FloatModel model = OnnxImporter.Import(path);
        Assert.Equal(["obs_0", "obs_1"], model.Inputs.Select(input => input.Name));
        Assert.Equal(["64"], model.Outputs.Select(output => output.Name));
        Assert.Equal([new StatePair("recurrent_in", "recurrent_out")], model.LayerStates);
        Assert.Contains(model.Notes, note => note.Contains("'Multinomial_32' (Multinomial)", StringComparison.Ordinal));

        ModelProto proto = ModelProto.Parser.ParseFrom(File.ReadAllBytes(path));
        ValueInfoProto state = proto.Graph.Output.Single(output => output.Name == "recurrent_out");
        proto.Graph.Output.Clear();
        proto.Graph.Output.Add(state);
        proto.Graph.Output.Add(new ValueInfoProto { Name = "64", Type = state.Type.Clone() });
        proto.Graph.Output[1].Type.TensorType.Shape = null;
        proto.Graph.Input.Remove(proto.Graph.Input.Single(input => input.Name == "action_masks"));
        HashSet<string> masked = ["63", "66", "68", "71", "69", "72", "73", "74", "75", "discrete_actions"];
        foreach (NodeProto node in proto.Graph.Node.Where(node => masked.Contains(node.Output[0])).ToArray())
            proto.Graph.Node.Remove(node);

        Assert.InRange(StatefulAgreement.Largest(Google.Protobuf.MessageExtensions.ToByteArray(proto), model, 1000, ("recurrent_in", "recurrent_out")), 0, 1e-4);
    }
}
