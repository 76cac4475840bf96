namespace Latch.Model.Tests;

public sealed class PlanStateTests
{
    [Fact]
    public void Read_ModelWithStates_GivesThemBack()
    {
        ModelDefinition model = BrokenFiles.Stateful();

        byte[] bytes = ModelWriter.ToBytes(model);
        ModelDefinition read = ModelReader.Read(bytes, "states");

        Assert.Equal([new PlanState("before", 2, 1)], read.Sequence!.States);
        Assert.Equal([new PlanState("before", 2, 1)], read.Step!.States);
        Assert.Equal(bytes, ModelWriter.ToBytes(read));
    }

    [Fact]
    public void ToBytes_ModelWithoutStates_HasNoSuchMember()
    {
        FileSurgeon without = new(ModelBuilder.Lstm()), with = new(BrokenFiles.Stateful());

        Assert.False(without.Plan.ContainsKey("states"));
        Assert.True(with.Plan.ContainsKey("states"));
        Assert.Empty(ModelReader.Read(without.Close(), "none").Sequence!.States);
    }

    [Fact]
    public void Read_StatesInAnotherPlace_AreFound()
    {
        FileSurgeon file = new(BrokenFiles.Stateful());
        foreach (string plan in new[] { "step", "sequence" })
        {
            System.Text.Json.Nodes.JsonNode states = file.Definition[plan]!["states"]!.DeepClone();
            file.Definition[plan]!.AsObject().Remove("states");
            file.Definition[plan]!.AsObject().Insert(0, "states", states);
        }

        Assert.Single(ModelReader.Read(file.Close(), "moved").Step!.States);
    }
}
