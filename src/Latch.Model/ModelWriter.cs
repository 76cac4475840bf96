using System.Buffers.Binary;
using System.Text.Encodings.Web;
using System.Text.Json;
using Latch.Model.Container;

namespace Latch.Model;

/// <summary>Writes a .latch file (FORMAT.md). The same definition gives the same bytes.</summary>
public static class ModelWriter
{
    /// <summary>Checks <paramref name="model"/> and writes it to <paramref name="path"/>: no half-written file is ever seen.</summary>
    /// <exception cref="ModelFormatException">The model breaks a rule of FORMAT.md.</exception>
    /// <exception cref="IOException">The path cannot be written; the message names it.</exception>
    public static void Write(ModelDefinition model, string path)
    {
        byte[] file = ToBytes(model);
        try
        {
            WholeFile.Write(path, stream => stream.Write(file));
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw new IOException($"{path}: It cannot be written: {cause.Message} Choose a file in a folder that exists and that you may write to.", cause);
        }
    }

    /// <summary>Checks <paramref name="model"/> and gives the bytes of its file.</summary>
    /// <exception cref="ModelFormatException">The model breaks a rule of FORMAT.md.</exception>
    public static byte[] ToBytes(ModelDefinition model)
    {
        ModelValidator.Validate(model);
        List<TensorEntry> tensors = LayOut(model.Constants);
        long dataLength = tensors.Count == 0 ? 0 : tensors[^1].End;
        if (dataLength > Format.MaxFileBytes - Format.MaxHeaderBytes)
            throw new ModelFormatException(ModelFormatCode.TooLarge, model.Name, $"Its constants take {dataLength} bytes, more than a file may hold.");
        byte[] data = new byte[dataLength];
        foreach (TensorEntry tensor in tensors)
        {
            if (!tensor.IsPadding)
                model.Constants[tensor.Name].Bytes.CopyTo(data.AsSpan((int)tensor.Begin));
        }
        byte[] header = WriteHeader(model, tensors, Sha256.Hex(data));
        int headerLength = header.Length + Format.PaddingAfter(sizeof(ulong) + header.Length);
        if (headerLength > Format.MaxHeaderBytes)
            throw new ModelFormatException(ModelFormatCode.TooLarge, model.Name, $"Its header takes {headerLength} bytes, more than {Format.MaxHeaderBytes}.");
        byte[] file = new byte[sizeof(ulong) + headerLength + data.Length];
        BinaryPrimitives.WriteUInt64LittleEndian(file, (ulong)headerLength);
        file.AsSpan(sizeof(ulong), headerLength).Fill((byte)' ');
        header.CopyTo(file, sizeof(ulong));
        data.CopyTo(file, sizeof(ulong) + headerLength);
        return file;
    }

    // In the order of their names; safetensors allows no holes, so what lies between two tensors is a tensor too.
    private static List<TensorEntry> LayOut(IReadOnlyDictionary<string, ConstantTensor> constants)
    {
        List<TensorEntry> tensors = [];
        long position = 0;
        int paddings = 0;
        foreach (ConstantTensor constant in constants.Values.OrderBy(static constant => constant.Name, StringComparer.Ordinal))
        {
            int padding = Format.PaddingAfter(position);
            if (padding > 0)
                tensors.Add(new TensorEntry($"{TensorEntry.PaddingPrefix}{paddings++}", ElementType.Int8, [padding], position, position += padding));
            tensors.Add(new TensorEntry(constant.Name, constant.Type, constant.Shape, position, position += constant.Bytes.Length));
        }
        return tensors;
    }

    private static byte[] WriteHeader(ModelDefinition model, List<TensorEntry> tensors, string checksum)
    {
        using MemoryStream stream = new();
        using (Utf8JsonWriter writer = new(stream, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            writer.WriteStartObject();
            writer.WriteStartObject(Format.Metadata);
            writer.WriteString(Format.FormatKey, Format.FormatName);
            writer.WriteString(Format.VersionKey, Format.Version);
            writer.WriteString(Format.ChecksumKey, checksum);
            writer.WriteString(Format.DefinitionKey, DefinitionWriter.Encode(model));
            writer.WriteEndObject();
            foreach (TensorEntry tensor in tensors)
                WriteTensor(writer, tensor);
            writer.WriteEndObject();
        }
        return stream.ToArray();
    }

    private static void WriteTensor(Utf8JsonWriter writer, TensorEntry tensor)
    {
        writer.WriteStartObject(tensor.Name);
        writer.WriteString("dtype", Format.TypeName(tensor.Type));
        writer.WriteStartArray("shape");
        foreach (int dimension in tensor.Shape)
            writer.WriteNumberValue(dimension);
        writer.WriteEndArray();
        writer.WriteStartArray("data_offsets");
        writer.WriteNumberValue(tensor.Begin);
        writer.WriteNumberValue(tensor.End);
        writer.WriteEndArray();
        writer.WriteEndObject();
    }
}
