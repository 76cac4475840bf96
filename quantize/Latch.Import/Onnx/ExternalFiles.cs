using System.Globalization;
using Google.Protobuf;
using DataType = Latch.Import.Onnx.TensorProto.Types.DataType;

namespace Latch.Import.Onnx;

/// <summary>
/// The files beside a model that hold data of its tensors. A tensor says location (a path within the model's folder), offset and length; nothing is read that
/// its shape does not ask for, and no path may lead out of the folder.
/// </summary>
internal sealed class ExternalFiles(string folder)
{
    private const long MostBytes = 1L << 30;

    private readonly string _folder = Path.GetFullPath(folder);
    private long _bytes;

    /// <summary>The tensor with its data in itself.</summary>
    /// <exception cref="ImportException">The data cannot be had.</exception>
    public static TensorProto Resolve(ExternalFiles? files, TensorProto tensor, string name, string source)
    {
        if (files is null)
            throw Broken(source, name, "its data lies in another file; import the model by its path, or save it as one file without external data");
        try
        {
            return files.Read(tensor, name, source);
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException)
        {
            throw Broken(source, name, $"its data lies in another file, which cannot be read: {cause.Message}", cause);
        }
    }

    private TensorProto Read(TensorProto tensor, string name, string source)
    {
        string location = Entry(tensor, "location") ?? throw Broken(source, name, "its data lies in another file, but the location is missing");
        string path = Inside(location) ?? throw Broken(source, name, $"its data lies in '{location}', which is not within the model's folder");
        long needed = Bytes(tensor);
        long offset = Number(tensor, "offset", 0, name, source);
        long length = Number(tensor, "length", needed, name, source);
        if (needed < 0 || length != needed)
            throw Broken(source, name, $"its shape [{string.Join(',', tensor.Dims)}] needs {needed} bytes of '{location}', but the stored length is {length}");
        _bytes += length;
        if (_bytes > MostBytes)
            throw Broken(source, name, $"the tensors in other files are larger than {MostBytes} bytes together");
        using FileStream file = File.OpenRead(path);
        if (offset > file.Length - length)
            throw Broken(source, name, $"it takes {length} bytes at {offset} of '{location}', which has {file.Length}");
        byte[] data = new byte[length];
        file.Position = offset;
        file.ReadExactly(data);
        TensorProto own = new() { Name = tensor.Name, DataType = tensor.DataType, RawData = UnsafeByteOperations.UnsafeWrap(data) };
        own.Dims.AddRange(tensor.Dims);
        return own;
    }

    /// <summary>The full path of a location, or null when it, or what it links to, lies outside of the folder.</summary>
    public string? Inside(string location)
    {
        if (location.Length == 0 || location.Contains('\0') || Path.IsPathRooted(location))
            return null;
        string path = Path.GetFullPath(Path.Combine(_folder, location));
        if (!IsInside(path) || Path.GetDirectoryName(path) is not { } directory)
            return null;
        for (string at = directory; at.Length > _folder.Length; at = Path.GetDirectoryName(at)!)
        {
            if (Directory.ResolveLinkTarget(at, returnFinalTarget: true) is { } linked && !IsInside(linked.FullName))
                return null;
        }
        return File.Exists(path) && File.ResolveLinkTarget(path, returnFinalTarget: true) is { } target && !IsInside(target.FullName) ? null : path;
    }

    private bool IsInside(string path) => path.StartsWith(_folder.TrimEnd(Path.DirectorySeparatorChar) + Path.DirectorySeparatorChar, StringComparison.Ordinal);

    private static string? Entry(TensorProto tensor, string key) => tensor.ExternalData.FirstOrDefault(entry => entry.Key == key)?.Value;

    private static long Number(TensorProto tensor, string key, long missing, string name, string source)
    {
        if (Entry(tensor, key) is not { } text)
            return missing;
        return long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long number)
            ? number
            : throw Broken(source, name, $"its data lies in another file, but the {key} '{text}' is no number");
    }

    /// <summary>The bytes that shape and type ask for, or -1 when that is no size.</summary>
    private static long Bytes(TensorProto tensor)
    {
        long bytes = (DataType)tensor.DataType switch
        {
            DataType.Double or DataType.Int64 or DataType.Uint64 => 8,
            DataType.Float or DataType.Int32 or DataType.Uint32 => 4,
            DataType.Float16 or DataType.Bfloat16 or DataType.Int16 or DataType.Uint16 => 2,
            _ => 1,
        };
        foreach (long length in tensor.Dims)
        {
            if (length is < 0 or > int.MaxValue)
                return -1;
            bytes *= length;
            if (bytes > MostBytes)
                return -1;
        }
        return bytes;
    }

    private static ImportException Broken(string source, string name, string detail, Exception? inner = null) =>
        new(ImportErrorCode.BrokenTensor, source, $"tensor '{name}': {detail}", inner: inner);
}
