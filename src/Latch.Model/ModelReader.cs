using System.Buffers.Binary;
using Latch.Model.Container;
using Microsoft.Win32.SafeHandles;

namespace Latch.Model;

/// <summary>Reads a .latch file (FORMAT.md): checks every rule before it trusts a number of the file.</summary>
public static class ModelReader
{
    /// <summary>Reads and checks the file at <paramref name="path"/>.</summary>
    /// <exception cref="ModelFormatException">The file cannot be read or breaks a rule.</exception>
    public static ModelDefinition Read(string path)
    {
        string name = Path.GetFileName(path);
        try
        {
            byte[] file = ReadAll(path, name);
            return Read(file, name, file);
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw new ModelFormatException(ModelFormatCode.Unreadable, path, $"It cannot be read: {(cause is FileNotFoundException or DirectoryNotFoundException ? "there is no such file." : cause.Message)}", cause);
        }
    }

    /// <summary>Reads and checks a whole file held in memory.</summary>
    /// <param name="file">All bytes of the file.</param>
    /// <param name="name">What messages call it.</param>
    /// <exception cref="ModelFormatException">The bytes break a rule.</exception>
    public static ModelDefinition Read(ReadOnlySpan<byte> file, string name) => Read(file, name, owned: null);

    // For who gives the bytes away: the definition keeps them, and nobody may change them.
    internal static ModelDefinition ReadOwned(byte[] file, string name) => Read(file, name, file);

    // The constants lie where they are in the file when that is ours to keep, else in a copy.
    private static ModelDefinition Read(ReadOnlySpan<byte> file, string name, byte[]? owned)
    {
        int dataStart = DataStart(file, name);
        Header header = Header.Parse(file[sizeof(ulong)..dataStart], name);
        string definition = CheckMetadata(header.Metadata, name, out string checksum);
        ReadOnlySpan<byte> data = file[dataStart..];
        CheckTensors(header.Tensors, data, name);
        if (checksum != Sha256.Hex(data))
            throw new ModelFormatException(ModelFormatCode.Checksum, $"{name}: data", "Its SHA-256 is not the one the header states.");
        DefinitionDocument document = DefinitionText.Decode(definition, name);
        ModelDefinition model = document.With(owned is null ? ReadConstants(header.Tensors, data.ToArray(), 0) : ReadConstants(header.Tensors, owned, dataStart));
        ModelValidator.Validate(model, name);
        return model;
    }

    private static byte[] ReadAll(string path, string name)
    {
        using SafeFileHandle handle = File.OpenHandle(path);
        long length = RandomAccess.GetLength(handle);
        if (length > Format.MaxFileBytes)
            throw new ModelFormatException(ModelFormatCode.TooLarge, name, $"It has {length} bytes, more than {Format.MaxFileBytes}.");
        byte[] file = GC.AllocateUninitializedArray<byte>((int)length);
        for (int position = 0; position < file.Length;)
        {
            int read = RandomAccess.Read(handle, file.AsSpan(position), position);
            position += read > 0 ? read : throw new EndOfStreamException($"It became shorter than {length} bytes.");
        }
        return file;
    }

    private static int DataStart(ReadOnlySpan<byte> file, string name)
    {
        if (file.Length > Format.MaxFileBytes)
            throw new ModelFormatException(ModelFormatCode.TooLarge, name, $"It has {file.Length} bytes, more than {Format.MaxFileBytes}.");
        if (file.Length < sizeof(ulong))
            throw new ModelFormatException(ModelFormatCode.Truncated, name, $"It has {file.Length} bytes; the length of the header alone takes 8.");
        ulong length = BinaryPrimitives.ReadUInt64LittleEndian(file);
        if (file.Length > sizeof(ulong) && length > Format.MaxHeaderBytes && file[sizeof(ulong)] != (byte)'{')
            throw new ModelFormatException(ModelFormatCode.NotLatch, name, "It is no .latch file.");
        if (length > Format.MaxHeaderBytes)
            throw new ModelFormatException(ModelFormatCode.TooLarge, name, $"It states a header of {length} bytes, more than {Format.MaxHeaderBytes}: it is no latch model, or damaged.");
        int start = sizeof(ulong) + (int)length;
        if (start > file.Length)
            throw new ModelFormatException(ModelFormatCode.Truncated, name, $"It states a header of {length} bytes, but ends after {file.Length - sizeof(ulong)} of them.");
        if (file[sizeof(ulong)..start] is not [(byte)'{', ..])
            throw new ModelFormatException(ModelFormatCode.HeaderJson, $"{name}: header", "It does not begin with '{'.");
        if (start % Format.Alignment != 0)
            throw new ModelFormatException(ModelFormatCode.Alignment, name, $"Its data begins at byte {start}, not at a multiple of {Format.Alignment}.");
        return start;
    }

    private static string CheckMetadata(Dictionary<string, string> metadata, string name, out string checksum)
    {
        string where = $"{name}: __metadata__";
        if (metadata.GetValueOrDefault(Format.FormatKey) != Format.FormatName)
            throw new ModelFormatException(ModelFormatCode.NotLatch, where, "Its format is not 'latch'.");
        string? version = metadata.GetValueOrDefault(Format.VersionKey);
        if (version != Format.Version)
            throw new ModelFormatException(ModelFormatCode.Version, where, $"Its version is '{version}'; this program reads version {Format.Version}.");
        if (metadata.Count != 4 || !metadata.TryGetValue(Format.ChecksumKey, out checksum!) || !metadata.TryGetValue(Format.DefinitionKey, out string? definition))
            throw new ModelFormatException(ModelFormatCode.HeaderKey, where, "Its keys must be format, version, sha256 and definition, and no others.");
        return definition;
    }

    private static void CheckTensors(List<TensorEntry> tensors, ReadOnlySpan<byte> data, string name)
    {
        long position = 0;
        foreach (TensorEntry tensor in tensors)
        {
            string where = $"{name}: tensor '{tensor.Name}'";
            if (tensor.Begin != position || tensor.End < tensor.Begin)
                throw new ModelFormatException(ModelFormatCode.Offsets, where, $"It lies at {tensor.Begin}..{tensor.End}, but must begin at {position}, where the one before ends.");
            if (tensor.End > data.Length)
                throw new ModelFormatException(ModelFormatCode.Truncated, where, $"It ends at byte {tensor.End} of the data, which has {data.Length} bytes.");
            CheckSize(tensor, where);
            if (tensor.IsPadding)
                CheckPadding(tensor, data, where);
            else if (tensor.Begin % Format.Alignment != 0)
                throw new ModelFormatException(ModelFormatCode.Alignment, where, $"It begins at byte {tensor.Begin} of the data, not at a multiple of {Format.Alignment}.");
            position = tensor.End;
        }
        if (position != data.Length)
            throw new ModelFormatException(ModelFormatCode.Offsets, $"{name}: data", $"It has {data.Length} bytes, but its tensors end at {position}.");
    }

    private static void CheckSize(TensorEntry tensor, string where)
    {
        long size = Format.ElementSize(tensor.Type);
        foreach (int dimension in tensor.Shape)
            size = size > Format.MaxFileBytes ? size : size * dimension;
        if (size != tensor.End - tensor.Begin)
            throw new ModelFormatException(ModelFormatCode.Shape, where, $"Its shape [{string.Join(", ", tensor.Shape)}] does not take the {tensor.End - tensor.Begin} bytes it has.");
    }

    private static void CheckPadding(TensorEntry tensor, ReadOnlySpan<byte> data, string where)
    {
        bool isZero = data[(int)tensor.Begin..(int)tensor.End].IndexOfAnyExcept((byte)0) < 0;
        if (tensor.Type != ElementType.Int8 || tensor.End - tensor.Begin >= Format.Alignment || tensor.End % Format.Alignment != 0 || !isZero)
            throw new ModelFormatException(ModelFormatCode.Padding, where, $"It must be fewer than {Format.Alignment} zeros of type I8 that end at a multiple of {Format.Alignment}.");
    }

    private static Dictionary<string, ConstantTensor> ReadConstants(List<TensorEntry> tensors, byte[] bytes, int dataStart)
    {
        Dictionary<string, ConstantTensor> constants = [];
        foreach (TensorEntry tensor in tensors)
        {
            if (!tensor.IsPadding)
                constants.Add(tensor.Name, ConstantTensor.Over(tensor.Name, tensor.Type, tensor.Shape, bytes.AsMemory(dataStart + (int)tensor.Begin, (int)(tensor.End - tensor.Begin))));
        }
        return constants;
    }
}
