using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Latch.Import.Folding;
using Latch.Import.Graph;
using DataType = Latch.Import.Onnx.TensorProto.Types.DataType;

namespace Latch.Import.Onnx;

/// <summary>
/// Turns stored tensors into constants: float, double and half-precision types become single precision, integers and
/// truth values become 64-bit integers. Nothing is allocated by a size that the stored bytes do not back.
/// </summary>
internal static class TensorReader
{
    public static GraphValue Read(TensorProto tensor, string name, string source, ExternalFiles? files = null)
    {
        if (tensor.DataLocation == TensorProto.Types.DataLocation.External || tensor.ExternalData.Count > 0)
            tensor = ExternalFiles.Resolve(files, tensor, name, source);
        int[] shape = Shape(tensor, name, source);
        int count = TensorShape.Count(shape);
        DataType type = (DataType)tensor.DataType;
        try
        {
            return type switch
            {
                DataType.Float or DataType.Double or DataType.Float16 or DataType.Bfloat16 =>
                    new GraphValue(name, shape, Float: new FloatTensor(shape, Floats(tensor, type, count))),
                DataType.Int64 or DataType.Int32 or DataType.Int16 or DataType.Int8 or DataType.Uint8 or DataType.Uint16
                    or DataType.Uint32 or DataType.Uint64 or DataType.Bool =>
                    new GraphValue(name, shape, Integer: new IntegerTensor(shape, Integers(tensor, type, count), type == DataType.Bool) { IsUnsigned = type is DataType.Uint8 or DataType.Uint16 }),
                _ => throw Broken(source, name, $"element type {type} is not supported", ImportErrorCode.UnsupportedForm),
            };
        }
        catch (InvalidDataException mismatch)
        {
            throw Broken(source, name, $"shape {TensorShape.Text(shape)} needs {count} elements, but {mismatch.Message}");
        }
    }

    public static bool IsFloat(TensorProto tensor) =>
        (DataType)tensor.DataType is DataType.Float or DataType.Double or DataType.Float16 or DataType.Bfloat16;

    private static int[] Shape(TensorProto tensor, string name, string source)
    {
        long count = 1;
        foreach (long length in tensor.Dims)
        {
            if (length is < 0 or > int.MaxValue)
                throw Broken(source, name, $"an axis has length {length}");
            count *= Math.Max(1, length);
            if (count > Array.MaxLength)
                throw Broken(source, name, $"shape [{string.Join(',', tensor.Dims)}] is too large");
        }
        return [.. tensor.Dims.Select(length => (int)length)];
    }

    private static float[] Floats(TensorProto tensor, DataType type, int count)
    {
        ReadOnlySpan<byte> raw = tensor.RawData.Span;
        if (raw.IsEmpty)
        {
            return type switch
            {
                DataType.Float => [.. Counted(tensor.FloatData, count)],
                DataType.Double => [.. Counted(tensor.DoubleData, count).Select(d => (float)d)],
                DataType.Float16 => [.. Counted(tensor.Int32Data, count).Select(bits => (float)BitConverter.Int16BitsToHalf((short)bits))],
                _ => [.. Counted(tensor.Int32Data, count).Select(bits => BitConverter.Int32BitsToSingle(bits << 16))],
            };
        }
        int size = type switch { DataType.Float => 4, DataType.Double => 8, _ => 2 };
        CheckBytes(raw, size, count);
        float[] data = new float[count];
        for (int i = 0; i < count; i++)
        {
            ReadOnlySpan<byte> element = raw.Slice(i * size, size);
            data[i] = type switch
            {
                DataType.Float => BinaryPrimitives.ReadSingleLittleEndian(element),
                DataType.Double => (float)BinaryPrimitives.ReadDoubleLittleEndian(element),
                DataType.Float16 => (float)BinaryPrimitives.ReadHalfLittleEndian(element),
                _ => BitConverter.Int32BitsToSingle(BinaryPrimitives.ReadInt16LittleEndian(element) << 16),
            };
        }
        return data;
    }

    private static long[] Integers(TensorProto tensor, DataType type, int count)
    {
        ReadOnlySpan<byte> raw = tensor.RawData.Span;
        if (raw.IsEmpty)
        {
            return type switch
            {
                DataType.Int64 => [.. Counted(tensor.Int64Data, count)],
                DataType.Uint32 or DataType.Uint64 => [.. Counted(tensor.Uint64Data, count).Select(u => unchecked((long)u))],
                _ => [.. Counted(tensor.Int32Data, count).Select(i => (long)i)],
            };
        }
        return type switch
        {
            DataType.Int64 or DataType.Uint64 => Cast<long>(raw, count, v => v),
            DataType.Int32 => Cast<int>(raw, count, v => v),
            DataType.Uint32 => Cast<uint>(raw, count, v => v),
            DataType.Int16 => Cast<short>(raw, count, v => v),
            DataType.Uint16 => Cast<ushort>(raw, count, v => v),
            DataType.Int8 => Cast<sbyte>(raw, count, v => v),
            _ => Cast<byte>(raw, count, v => v),
        };
    }

    private static long[] Cast<T>(ReadOnlySpan<byte> raw, int count, Func<T, long> widen)
        where T : unmanaged
    {
        CheckBytes(raw, Marshal.SizeOf<T>(), count);
        long[] data = new long[count];
        ReadOnlySpan<T> elements = MemoryMarshal.Cast<byte, T>(raw);
        for (int i = 0; i < count; i++)
            data[i] = widen(elements[i]);
        return data;
    }

    private static void CheckBytes(ReadOnlySpan<byte> raw, int size, int count)
    {
        if (raw.Length != (long)size * count)
            throw new InvalidDataException($"{raw.Length} bytes are stored");
    }

    private static IList<T> Counted<T>(IList<T> stored, int count) => stored.Count == count
        ? stored
        : throw new InvalidDataException($"{stored.Count} are stored");

    private static ImportException Broken(
        string source, string name, string detail, ImportErrorCode code = ImportErrorCode.BrokenTensor) =>
        new(code, source, $"tensor '{name}': {detail}");
}
