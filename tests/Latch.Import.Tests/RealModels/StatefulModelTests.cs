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
    public void Import_DtlnBlocks_IsTwoLayersWithoutStatePortsAndANormalization()
    {
        FloatModel model = OnnxImporter.Import(SharedData.Require("models/dtln/model_2.onnx"));

        Assert.Equal(["input_4"], model.Inputs.Select(input => input.Name));
        Assert.Equal(["conv1d_3"], model.Outputs.Select(output => output.Name));
        Assert.Equal([(256, 128), (128, 128)], model.Nodes.OfType<RecurrentNode>().Select(node => (node.InputSize, node.HiddenSize)));
        Assert.Single(model.Nodes.OfType<LayerNormNode>());
        Assert.Equal([new StatePair("input_5", "tf_op_layer_stack_5")], model.LayerStates);
        FloatReference reference = new(model, carryState: true);
        TensorFile file = new(SharedData.Require("models/dtln/eval.safetensors"));
        float[] frames = file.Floats("est"), blocks = file.Floats("blocks");
        for (int frame = 0; frame < Frames; frame++)
        {
            float[] block = reference.Run(frames.AsSpan(frame * 512, 512)).ToArray();
            for (int i = 0; i < block.Length; i++)
                Assert.Equal(blocks[(frame * 512) + i], block[i], 1e-4);
        }
    }

    [Theory]
    [InlineData("silero-vad-v6-seq/silero_vad_v6.onnx", "h=hn c=cn", false)]
    [InlineData("silero-vad-16k/silero_vad_16k_op15.onnx", "state=stateN", true)]
    public void Run_VoiceActivityOverFrames_AgreesWithOnnxRuntime(string file, string states, bool rate)
    {
        string path = SharedData.Require($"models/{file}");
        FloatModel model = OnnxImporter.Import(path, new ImportOptions { Steps = rate ? 576 : null });
        (string, string)[] pairs = [.. states.Split(' ').Select(pair => (pair.Split('=')[0], pair.Split('=')[1]))];

        Assert.Equal(1, model.Steps);
        Assert.Equal([1, 576], Assert.Single(model.Inputs).Shape);
        Assert.Single(model.Outputs);
        Assert.Equal(pairs.Order(), model.LayerStates.Select(pair => (pair.Input, pair.Output)).Order());
        Assert.Equal(128, Assert.Single(model.Nodes.OfType<RecurrentNode>()).HiddenSize);
        Assert.InRange(StatefulAgreement.Largest(File.ReadAllBytes(path), model, 40, rate ? [("sr", [], [16000])] : [], pairs), 0, 1e-4);
    }

    [Fact]
    public void Import_VoiceActivityOfOpenLength_SaysToGiveIt()
    {
        ImportException refusal = Assert.Throws<ImportException>(() => OnnxImporter.Import(SharedData.Require("models/silero-vad-16k/silero_vad_16k_op15.onnx")));
        Assert.Equal(("/model/stft/padding/Pad", "Pad", "pads"), (refusal.Node, refusal.OperatorName, refusal.Attribute));
        Assert.EndsWith("(--steps)", refusal.Message, StringComparison.Ordinal);
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
