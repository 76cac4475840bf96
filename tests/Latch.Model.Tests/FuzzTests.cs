namespace Latch.Model.Tests;

public sealed class FuzzTests
{
    private const int Attempts = 20_000;

    // Fixed costs (inflater, JSON reader, messages) and what parsed JSON may take for each byte of the file.
    private const long AllowedBytes = 512 * 1024;
    private const long AllowedBytesPerByte = 32;

    [Fact]
    public void Read_RandomDamage_LoadsOrNamesARule()
    {
        byte[][] files = [.. Enumerable.Range(0, 20).Select(static seed => ModelWriter.ToBytes(ModelBuilder.Random(seed)))];
        Random random = new(20);
        int refused = 0;
        for (int attempt = 0; attempt < Attempts; attempt++)
            refused += Survives(Damage(files[attempt % files.Length], random)) ? 0 : 1;
        Assert.InRange(refused, Attempts / 2, Attempts);
    }

    [Fact]
    public void Read_RandomDefinition_LoadsOrNamesARule()
    {
        Random random = new(21);
        int refused = 0;
        for (int attempt = 0; attempt < Attempts / 10; attempt++)
        {
            FileSurgeon surgeon = new(ModelBuilder.Random(attempt % 20));
            char[] text = surgeon.Definition.ToJsonString().ToCharArray();
            for (int flips = random.Next(1, 4); flips > 0; flips--)
                text[random.Next(text.Length)] = (char)random.Next(' ', '~');
            surgeon.DefinitionText = FileSurgeon.Compress(new string(text));
            refused += Survives(surgeon.Close()) ? 0 : 1;
        }
        Assert.InRange(refused, Attempts / 20, Attempts / 10);
    }

    [Fact]
    public void Read_EveryTruncation_NamesARule()
    {
        byte[] file = ModelWriter.ToBytes(ModelBuilder.Lstm());
        for (int length = 0; length < file.Length; length++)
            Assert.False(Survives(file[..length]), $"A file cut to {length} of {file.Length} bytes was read.");
    }

    [Fact]
    public void Read_EveryBrokenFile_AllocatesLittle() => Assert.All(BrokenFiles.All, static broken => Assert.False(Survives(broken.Make()), broken.Name));

    private static byte[] Damage(byte[] good, Random random)
    {
        byte[] file = random.Next(8) == 0 ? good[..random.Next(good.Length)] : (byte[])good.Clone();
        if (file.Length == 0)
            return file;
        for (int flips = random.Next(1, 5); flips > 0; flips--)
            file[random.Next(file.Length)] ^= (byte)(1 << random.Next(8));
        return file;
    }

    // True when the file is read, false when a rule refuses it; any other exception ends the test.
    private static bool Survives(byte[] file)
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        bool read = false;
        try
        {
            ModelReader.Read(file, "fuzz.latch");
            read = true;
        }
        catch (ModelFormatException)
        {
        }
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.True(allocated <= AllowedBytes + (AllowedBytesPerByte * file.Length), $"Reading {file.Length} bytes allocated {allocated}.");
        return read;
    }
}
