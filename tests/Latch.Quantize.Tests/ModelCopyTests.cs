using System.Reflection;
using Latch.Import.Graph;

namespace Latch.Quantize.Tests;

/// <summary>A model with other nodes is the same in all else.</summary>
public sealed class ModelCopyTests
{
    [Fact]
    public void With_OtherNodes_KeepsEveryProperty()
    {
        FloatModel model = new([new ReshapeNode("first", "x", "a"), new ReshapeNode("second", "a", "y")], new[] { "x", "a", "y", "s", "t", "k" }.ToDictionary(static name => name, static _ => new[] { 1, 2 }))
        {
            Name = "copied",
            Steps = 3,
            Inputs = [new ValueInfo("x", [1, 2])],
            Outputs = [new ValueInfo("y", [1, 2])],
            States = [new StatePair("s", "t")],
            LayerStates = [new StatePair("h", "hn")],
            KnownInputs = new Dictionary<string, long> { ["rate"] = 16_000 },
            Notes = ["a note"],
            Constants = new Dictionary<string, FloatTensor> { ["k"] = new([1, 2], [1, 2]) },
            SourceSha256 = "00",
            Opset = 17,
            Producer = "somebody",
            FloatBytes = 8,
        };

        FloatModel copy = model.With([new ReshapeNode("only", "x", "y")]);

        Assert.Equal("only", Assert.Single(copy.Nodes).Name);
        PropertyInfo[] kept = [.. typeof(FloatModel).GetProperties().Where(static property => property.CanWrite)];
        Assert.NotEmpty(kept);
        Assert.All(kept, property => Assert.Equal(property.GetValue(model), property.GetValue(copy)));
    }
}
