using Latch.Import.Tests.Support;

namespace Latch.Import.Tests.BadInput;

/// <summary>Imports what must be refused, and holds every refusal to the same rules: quick, small, with a message that says where.</summary>
internal static class Refusal
{
    private const long MostBytes = 64L << 20;

    public static ImportException Of(OnnxWriter writer, ImportOptions? options = null) => Of(writer.ToBytes(), options);

    public static ImportException Of(byte[] bytes, ImportOptions? options = null)
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        ImportException refusal = Assert.Throws<ImportException>(() => OnnxImporter.Import(bytes, "bad.onnx", options));
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        Assert.StartsWith("bad.onnx: ", refusal.Message, StringComparison.Ordinal);
        Assert.InRange(allocated, 0, MostBytes);
        return refusal;
    }
}
