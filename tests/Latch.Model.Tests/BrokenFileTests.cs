namespace Latch.Model.Tests;

public sealed class BrokenFileTests
{
    public static TheoryData<string> Names => new(BrokenFiles.All.Select(static broken => broken.Name));

    [Theory]
    [MemberData(nameof(Names))]
    public void Read_BrokenFile_NamesTheRule(string name)
    {
        BrokenFile broken = BrokenFiles.All.Single(candidate => candidate.Name == name);
        ModelFormatException error = Assert.Throws<ModelFormatException>(() => ModelReader.Read(broken.Make(), "broken.latch"));
        Assert.True(broken.Code == error.Code, error.Message);
        Assert.StartsWith("broken.latch", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void All_EveryRule_HasABrokenFile()
    {
        ModelFormatCode[] codes = Enum.GetValues<ModelFormatCode>();
        Assert.Equal([ModelFormatCode.Unreadable], codes.Except(BrokenFiles.All.Select(static broken => broken.Code)));
    }

    [Fact]
    public void FormatPage_Rules_AreTheCodesInOrder()
    {
        string[] lines = File.ReadAllLines(Path.Combine(SharedData.Repository, "src", "Latch.Model", "FORMAT.md"));
        string[] rules = [.. lines.Where(static line => line.Length > 2 && char.IsAsciiDigit(line[2])).Select(static line => line.Split('|')[2].Trim())];
        Assert.Equal(Enum.GetNames<ModelFormatCode>(), rules);
    }

    [Fact]
    public void Close_NothingBroken_IsAGoodFile()
    {
        ModelDefinition read = ModelReader.Read(new FileSurgeon(ModelBuilder.Lstm()).Close(), "good.latch");
        Assert.Equal(ModelWriter.ToBytes(ModelBuilder.Lstm()), ModelWriter.ToBytes(read));
    }
}
