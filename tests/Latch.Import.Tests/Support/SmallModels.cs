namespace Latch.Import.Tests.Support;

/// <summary>Small valid models that tests vary or break.</summary>
internal static class SmallModels
{
    /// <summary>x [time, 1, 3] through an LSTM of 4 units to all its hidden states, "y" [time, 1, 4].</summary>
    public static OnnxWriter Lstm(int opset = 13)
    {
        OnnxWriter writer = new(opset);
        writer.Input("x", "time", "batch", 3);
        Random random = new(1);
        string[] weights = ["x", writer.Floats(random, 0.5f, 1, 16, 3), writer.Floats(random, 0.5f, 1, 16, 4), writer.Floats(random, 0.5f, 1, 32)];
        string[] outputs = writer.Node("LSTM", weights, ["Y"], ("hidden_size", 4));
        writer.Node("Squeeze", [outputs[0], writer.Integers(1)], ["y"]);
        writer.Output("y");
        return writer;
    }

    /// <summary>x [1, 3] through one matrix product to "y" [1, 2].</summary>
    public static OnnxWriter Dense(float[]? weights = null)
    {
        OnnxWriter writer = new(13);
        writer.Input("x", 1, 3);
        string matrix = writer.Floats([3, 2], weights ?? [1, 2, 3, 4, 5, 6], "W");
        writer.Node("MatMul", ["x", matrix], ["y"]);
        writer.Output("y");
        return writer;
    }

    /// <summary>x [1, 3] through one operator without weights to "y".</summary>
    public static OnnxWriter Single(string operatorName, int opset, params (string Name, object Value)[] attributes)
    {
        OnnxWriter writer = new(opset);
        writer.Input("x", 1, 3);
        writer.Node(operatorName, ["x"], ["y"], attributes);
        writer.Output("y");
        return writer;
    }
}
