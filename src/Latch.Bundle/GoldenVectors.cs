using System.Buffers.Binary;
using Latch.Model;
using Latch.Runtime;

namespace Latch.Bundle;

/// <summary>
/// Input codes of a run of steps with what the scalar kernel makes of them: output codes, and after each step a checksum of the whole state. Another kernel, on another
/// processor, must give the same integers.
/// </summary>
public sealed class GoldenVectors
{
    /// <summary>Steps unless told otherwise.</summary>
    public const int DefaultSteps = 64;

    private const int MaxSteps = 1 << 20, HashBytes = 32, HeaderBytes = 8 + HashBytes + (4 * sizeof(int));
    private const string DefiningKernel = "scalar";

    private readonly short[] _inputs;
    private readonly short[] _outputs;
    private readonly ulong[] _checksums;

    private GoldenVectors(string modelSha256, int inputSize, int outputSize, int steps)
    {
        (ModelSha256, InputSize, OutputSize, Steps) = (modelSha256, inputSize, outputSize, steps);
        (_inputs, _outputs, _checksums) = (new short[steps * inputSize], new short[steps * outputSize], new ulong[steps]);
    }

    private static ReadOnlySpan<byte> Magic => "LGOLDEN1"u8;

    /// <summary>SHA-256 of the model's file, lower-case hexadecimal digits.</summary>
    public string ModelSha256 { get; }

    /// <summary>Codes of a sample.</summary>
    public int InputSize { get; }

    /// <summary>Codes of a result.</summary>
    public int OutputSize { get; }

    /// <summary>Number of steps, from a session's first one on.</summary>
    public int Steps { get; }

    /// <summary>Makes golden vectors: extreme codes of the calibrated input ranges, readings that wander and jumps between them, always the same ones.</summary>
    /// <param name="definition">The model; it must have a streaming plan.</param>
    /// <param name="modelSha256">SHA-256 of its file, lower-case hexadecimal digits.</param>
    /// <param name="steps">Number of steps, 1 to 1,048,576.</param>
    /// <exception cref="BundleException">The model takes whole windows only.</exception>
    public static GoldenVectors Create(ModelDefinition definition, string modelSha256, int steps = DefaultSteps)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(steps, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(steps, MaxSteps);
        using LatchModel model = LatchModel.Create(definition, new LatchModelOptions { Kernel = DefiningKernel });
        if (!model.CanStep)
            throw new BundleException(BundleErrorCode.Golden, definition.Name, $"The model cannot be stepped: {model.NotStreamableReason?.TrimEnd('.')}. An agent steps its model; quantize one that can stream.");
        GoldenVectors golden = new(modelSha256, model.InputSize, model.OutputSize, steps);
        GoldenInputs.Fill(definition.Step!, golden._inputs);
        Session session = model.CreateSession();
        int[] state = new int[session.StateSize];
        for (int step = 0; step < steps; step++)
        {
            session.Step(golden.Input(step), golden._outputs.AsSpan(step * golden.OutputSize, golden.OutputSize));
            session.SaveState(state);
            golden._checksums[step] = StateChecksum.Of(state);
        }
        return golden;
    }

    /// <summary>Reads golden vectors.</summary>
    /// <param name="file">All bytes of their file.</param>
    /// <param name="where">The file, for messages.</param>
    /// <exception cref="BundleException">The bytes are no golden vectors.</exception>
    public static GoldenVectors Read(ReadOnlySpan<byte> file, string where) =>
        Parse(file) ?? throw new BundleException(BundleErrorCode.Golden, where, "It holds no golden vectors, or is cut short. Copy or build the bundle anew.");

    /// <summary>Steps a new session of a model through the vectors.</summary>
    /// <param name="model">The model, with the kernel that is to be checked.</param>
    /// <returns>Null when every integer is the same, else the first difference as a sentence.</returns>
    public string? Check(LatchModel model)
    {
        ArgumentNullException.ThrowIfNull(model);
        if (!model.CanStep || model.InputSize != InputSize || model.OutputSize != OutputSize)
            return $"The golden vectors have {InputSize} inputs and {OutputSize} outputs a step, the model has {model.InputSize} and {model.OutputSize}{(model.CanStep ? "" : " and takes whole windows")}.";
        Session session = model.CreateSession();
        int[] state = new int[session.StateSize];
        short[] output = new short[OutputSize];
        for (int step = 0; step < Steps; step++)
        {
            session.Step(Input(step), output);
            for (int i = 0; i < output.Length; i++)
                if (output[i] != _outputs[(step * OutputSize) + i])
                    return $"Step {step}: output {i} is {output[i]}, not {_outputs[(step * OutputSize) + i]} (kernel {model.Kernel}).";
            session.SaveState(state);
            if (StateChecksum.Of(state) is ulong checksum && checksum != _checksums[step])
                return $"Step {step}: the outputs are the same, but the state's checksum is {checksum:x16}, not {_checksums[step]:x16} (kernel {model.Kernel}).";
        }
        return null;
    }

    internal ReadOnlySpan<short> Input(int step) => _inputs.AsSpan(step * InputSize, InputSize);

    internal ReadOnlySpan<short> Output(int step) => _outputs.AsSpan(step * OutputSize, OutputSize);

    internal byte[] ToBytes()
    {
        byte[] bytes = new byte[Length(InputSize, OutputSize, Steps)];
        Magic.CopyTo(bytes);
        Convert.FromHexString(ModelSha256).CopyTo(bytes.AsSpan(Magic.Length));
        Span<byte> rest = bytes.AsSpan(Magic.Length + HashBytes);
        foreach (int number in (ReadOnlySpan<int>)[InputSize, OutputSize, Steps, 0])
        {
            BinaryPrimitives.WriteInt32LittleEndian(rest, number);
            rest = rest[sizeof(int)..];
        }
        foreach (short code in (short[])[.. _inputs, .. _outputs])
        {
            BinaryPrimitives.WriteInt16LittleEndian(rest, code);
            rest = rest[sizeof(short)..];
        }
        foreach (ulong checksum in _checksums)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(rest, checksum);
            rest = rest[sizeof(ulong)..];
        }
        return bytes;
    }

    internal static GoldenVectors? Parse(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < HeaderBytes || !bytes.StartsWith(Magic))
            return null;
        ReadOnlySpan<byte> rest = bytes[(Magic.Length + HashBytes)..];
        int inputs = BinaryPrimitives.ReadInt32LittleEndian(rest), outputs = BinaryPrimitives.ReadInt32LittleEndian(rest[4..]);
        int steps = BinaryPrimitives.ReadInt32LittleEndian(rest[8..]);
        if (inputs < 1 || outputs < 1 || steps is < 1 or > MaxSteps || Length(inputs, outputs, steps) != bytes.Length)
            return null;
        GoldenVectors golden = new(Convert.ToHexStringLower(bytes.Slice(Magic.Length, HashBytes)), inputs, outputs, steps);
        rest = Copy(bytes[HeaderBytes..], golden._inputs);
        rest = Copy(rest, golden._outputs);
        for (int step = 0; step < steps; step++)
            golden._checksums[step] = BinaryPrimitives.ReadUInt64LittleEndian(rest[(step * sizeof(ulong))..]);
        return golden;
    }

    private static ReadOnlySpan<byte> Copy(ReadOnlySpan<byte> bytes, Span<short> codes)
    {
        for (int i = 0; i < codes.Length; i++)
            codes[i] = BinaryPrimitives.ReadInt16LittleEndian(bytes[(i * sizeof(short))..]);
        return bytes[(codes.Length * sizeof(short))..];
    }

    private static long Length(long inputs, long outputs, long steps) => HeaderBytes + (steps * (((inputs + outputs) * sizeof(short)) + sizeof(ulong)));
}
