using System.Text;
using Google.Protobuf;

namespace Latch.Import.Onnx;

/// <summary>Reads the bytes of an ONNX file and checks what holds for every file: it parses, has a graph, a known opset.</summary>
internal static class OnnxReader
{
    public const int OldestOpset = 7;
    public const int NewestOpset = 25;

    public static ModelProto Read(byte[] bytes, string source)
    {
        if (bytes.Length == 0)
            throw new ImportException(ImportErrorCode.NotOnnx, source, "the file is empty; export the model again");
        ModelProto model = Parse(bytes, source);
        if (model.Graph is null || model.Graph.Output.Count == 0)
        {
            throw new ImportException(
                ImportErrorCode.NotOnnx, source, $"this is not an ONNX model: it has no graph with outputs{Guess(bytes)}");
        }
        return model;
    }

    /// <summary>The version of the default operator set.</summary>
    public static int Opset(ModelProto model, string source)
    {
        long opset = model.OpsetImport.Where(o => IsDefaultDomain(o.Domain)).Select(o => o.Version).FirstOrDefault();
        return opset is >= OldestOpset and <= NewestOpset
            ? (int)opset
            : throw new ImportException(
                ImportErrorCode.UnsupportedOpset,
                source,
                opset == 0
                    ? "the file names no version of the default operator set; export it again"
                    : $"operator set {opset} is not supported; export the model with a version from {OldestOpset} to {NewestOpset}");
    }

    public static bool IsDefaultDomain(string domain) => domain is "" or "ai.onnx";

    private static ModelProto Parse(byte[] bytes, string source)
    {
        try
        {
            return ModelProto.Parser.ParseFrom(bytes);
        }
        catch (InvalidProtocolBufferException broken)
        {
            throw new ImportException(
                ImportErrorCode.NotOnnx,
                source,
                $"this is not an ONNX model, or the file is cut off{Guess(bytes)}; give an .onnx file as its exporter wrote it",
                inner: broken);
        }
    }

    private static string Guess(byte[] bytes)
    {
        string head = Encoding.Latin1
            .GetString(bytes, 0, Math.Min(bytes.Length, 256))
            .TrimStart('\xEF', '\xBB', '\xBF', ' ', '\r', '\n', '\t');
        if (head.StartsWith('<'))
            return " (it looks like a web page: was the download refused?)";
        if (head.StartsWith("version https://git-lfs", StringComparison.Ordinal))
            return " (it is a Git LFS pointer: fetch the real file with git lfs pull)";
        return head.Length > 0 && head.All(c => c is '\t' or '\r' or '\n' or (>= ' ' and <= '~')) ? " (it looks like text)" : "";
    }
}
