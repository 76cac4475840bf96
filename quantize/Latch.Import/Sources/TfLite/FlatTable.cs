using System.Text;
using Google.FlatBuffers;

namespace Latch.Import.Sources.TfLite;

/// <summary>
/// One table of a FlatBuffers file, read by the numbers of its fields. Every position is checked against the file: a wrong one throws
/// <see cref="ArgumentOutOfRangeException"/>, which <see cref="TfLiteReader"/> turns into a refusal.
/// </summary>
internal readonly struct FlatTable
{
    private const int LongestText = 1 << 16;

    private readonly Table _table;
    private readonly ReadingLimit _limit;

    private FlatTable(int position, ByteBuffer bytes, ReadingLimit limit)
    {
        limit.Take(1);
        _limit = limit;
        _table = new Table(position, bytes);
    }

    /// <summary>The table that the file begins with.</summary>
    public static FlatTable Root(ByteBuffer bytes, ReadingLimit limit) => new(bytes.GetInt(bytes.Position), bytes, limit);

    public int Int(int field, int missing = 0) => At(field) is > 0 and int at ? Bytes.GetInt(at) : missing;

    public byte Byte(int field, byte missing = 0) => At(field) is > 0 and int at ? Bytes.Get(at) : missing;

    public bool Bool(int field, bool missing = false) => Byte(field, missing ? (byte)1 : (byte)0) != 0;

    public float Float(int field, float missing = 0) => At(field) is > 0 and int at ? Bytes.GetFloat(at) : missing;

    public ulong ULong(int field) => At(field) is > 0 and int at ? Bytes.GetUlong(at) : 0;

    /// <summary>A text, empty when there is none.</summary>
    public string Text(int field)
    {
        (int start, int length) = Vector(field, elementBytes: 1);
        if (length > LongestText)
            throw new ArgumentOutOfRangeException(nameof(field), length, "a text is too long");
        _limit.Take(length);
        return Encoding.UTF8.GetString(Bytes.ToArray(start, length));
    }

    /// <summary>A list of numbers, empty when there is none.</summary>
    public int[] Ints(int field)
    {
        (int start, int length) = Vector(field, sizeof(int));
        _limit.Take(length);
        int[] numbers = new int[length];
        for (int i = 0; i < length; i++)
            numbers[i] = Bytes.GetInt(start + (i * sizeof(int)));
        return numbers;
    }

    /// <summary>Bytes in their place, empty when there are none.</summary>
    public ReadOnlyMemory<byte> Data(int field)
    {
        (int start, int length) = Vector(field, elementBytes: 1);
        ArraySegment<byte> part = Bytes.ToArraySegment(start, length);
        return part;
    }

    /// <summary>How many elements a list has, without reading them.</summary>
    public int Count(int field, int elementBytes) => Vector(field, elementBytes).Length;

    public bool Has(int field) => At(field) > 0;

    /// <summary>A table within this one, or null.</summary>
    public FlatTable? Child(int field) => At(field) is > 0 and int at ? Behind(at) : null;

    /// <summary>A list of tables, empty when there is none.</summary>
    public FlatTable[] Children(int field)
    {
        (int start, int length) = Vector(field, sizeof(int));
        FlatTable[] tables = new FlatTable[length];
        for (int i = 0; i < length; i++)
            tables[i] = Behind(start + (i * sizeof(int)));
        return tables;
    }

    private ByteBuffer Bytes => _table.bb;

    private FlatTable Behind(int position) => new(_table.__indirect(position), Bytes, _limit);

    /// <summary>Where a field lies, or 0 when the file leaves it out.</summary>
    private int At(int field)
    {
        int offset = _table.__offset(4 + (2 * field));
        return offset == 0 ? 0 : _table.bb_pos + offset;
    }

    private (int Start, int Length) Vector(int field, int elementBytes)
    {
        int at = At(field);
        if (at == 0)
            return (0, 0);
        int start = _table.__indirect(at);
        int length = Bytes.GetInt(start);
        if (length < 0 || start < 0 || (long)length * elementBytes > Bytes.Length - start - sizeof(int))
            throw new ArgumentOutOfRangeException(nameof(field), length, "a list does not fit into the file");
        return (start + sizeof(int), length);
    }
}
