using System.Text;
using Latch.Import.Sources;
using Latch.Import.Sources.Safetensors;

namespace Latch.Import.Tests.Sources.Safetensors;

/// <summary>Damaged descriptions and weights are imported or refused; nothing else, and nothing big.</summary>
public sealed class MutationTests
{
    private const long MostBytes = 64L << 20;

    [Fact]
    public void Import_EveryPrefixOfTheDescription_IsRefused()
    {
        byte[] text = Encoding.UTF8.GetBytes(RefusalTests.Whole);
        using DescribedModel model = new("", RefusalTests.Weights().ToBytes());
        for (int length = 1; length < text.Length; length++)
            Assert.False(IsTaken(model, text[..length], null), $"the first {length} bytes");
        Assert.True(IsTaken(model, text, null));
    }

    [Fact]
    public void Import_EveryPrefixOfTheWeights_IsRefused()
    {
        byte[] weights = RefusalTests.Weights().ToBytes();
        using DescribedModel model = new(RefusalTests.Whole, []);
        for (int length = 0; length < weights.Length; length += length < 1200 ? 1 : 37)
            Assert.False(IsTaken(model, null, weights[..length]), $"the first {length} bytes");
        Assert.True(IsTaken(model, null, weights));
    }

    [Theory]
    [InlineData(true, 1)]
    [InlineData(false, 2)]
    public void Import_ChangedBytes_ImportsOrIsRefused(bool description, int seed)
    {
        byte[] text = Encoding.UTF8.GetBytes(RefusalTests.Whole);
        byte[] weights = RefusalTests.Weights().ToBytes();
        byte[] whole = description ? text : weights;
        int reach = description ? text.Length : 1200;
        using DescribedModel model = new(RefusalTests.Whole, weights);
        Random random = new(seed);
        int taken = 0;
        for (int run = 0; run < 1500; run++)
        {
            byte[] changed = [.. whole];
            for (int change = run % 3; change >= 0; change--)
                changed[random.Next(reach)] = random.Next(3) == 0 ? (byte)random.Next(256) : (byte)"0123456789-{}[]\",:aeF"[random.Next(21)];
            taken += IsTaken(model, description ? changed : null, description ? null : changed) ? 1 : 0;
        }
        TestContext.Current.TestOutputHelper!.WriteLine($"{taken} taken");
        Assert.InRange(taken, 5, 1400);
    }

    [Fact]
    public void Import_ReorderedParts_ImportsOrIsRefused()
    {
        string[] parts = ["\"layers\": 2", "\"layers\": 64", "\"bidirectional\": true", "\"format\": \"keras\"", "\"format\": \"candle\"", "\"returns\": \"state\"", "\"reset_after\": false",
            "\"bias\": false", "\"backward_prefix\": \"b\"", "\"activation\": \"relu\"", "\"step\": -2", "\"stride\": 65536", "\"dilation\": 65536", "\"padding\": 65536", "\"groups\": 3"];
        using DescribedModel model = new("", RefusalTests.Weights().ToBytes());
        Random random = new(3);
        int taken = 0;
        for (int run = 0; run < 1500; run++)
        {
            string Layer()
            {
                string type = LayerTypes.Names[random.Next(LayerTypes.Names.Count)];
                if (random.Next(3) == 0)
                    return random.Next(2) == 0 ? """{"type": "last_step"}""" : """{"type": "softmax"}""";
                return $"{{\"type\": \"{type}\", \"prefix\": \"{"ab"[random.Next(2)]}\", {string.Join(", ", parts.OrderBy(_ => random.Next()).Take(random.Next(1, 3)).DistinctBy(part => part.Split(':')[0]))}}}";
            }
            string description = DescribedModel.Describe("pytorch", random.Next(2) == 0 ? 3 : 8, [.. Enumerable.Range(0, random.Next(1, 4)).Select(_ => Layer())]);
            taken += IsTaken(model, Encoding.UTF8.GetBytes(description.Replace("\"input\"", "\"ignore\": [\"*\"], \"input\"", StringComparison.Ordinal)), null) ? 1 : 0;
        }
        TestContext.Current.TestOutputHelper!.WriteLine($"{taken} taken");
        Assert.InRange(taken, 5, 1400);
    }

    private static bool IsTaken(DescribedModel model, byte[]? description, byte[]? weights)
    {
        if (description is not null)
            File.WriteAllBytes(model.Path, description);
        if (weights is not null)
            File.WriteAllBytes(model.WeightsPath, weights);
        long before = GC.GetAllocatedBytesForCurrentThread();
        try
        {
            ModelSource.Import(model.Path, new ImportOptions { Steps = 3 });
            return true;
        }
        catch (ImportException)
        {
            return false;
        }
        finally
        {
            Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, MostBytes);
        }
    }
}
