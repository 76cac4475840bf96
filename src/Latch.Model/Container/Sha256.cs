using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Latch.Model.Container;

/// <summary>
/// SHA-256 (FIPS 180-4) in managed code. The framework's own asks for OpenSSL when it is first used, and a native program on a board without
/// that library ends there and then, without an exception.
/// </summary>
internal static class Sha256
{
    private const int BlockBytes = 64, LengthBytes = 8, Rounds = 64;

    // First 32 bits of the fraction of the cube roots of the first 64 primes.
    private static ReadOnlySpan<uint> RoundConstants =>
    [
        0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
        0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
        0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
        0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
        0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
        0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
        0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
        0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
    ];

    /// <summary>The digest of <paramref name="data"/> as 64 lower-case hexadecimal digits.</summary>
    public static string Hex(ReadOnlySpan<byte> data)
    {
        Span<uint> state = [0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19];
        int whole = data.Length / BlockBytes * BlockBytes;
        AddBlocks(state, data[..whole]);

        // The rest, a one bit, zeros, and the length in bits fill one block or two.
        ReadOnlySpan<byte> rest = data[whole..];
        Span<byte> tail = stackalloc byte[2 * BlockBytes];
        tail.Clear();
        rest.CopyTo(tail);
        tail[rest.Length] = 0x80;
        tail = tail[..(rest.Length + 1 + LengthBytes <= BlockBytes ? BlockBytes : 2 * BlockBytes)];
        BinaryPrimitives.WriteUInt64BigEndian(tail[^LengthBytes..], (ulong)data.Length * 8);
        AddBlocks(state, tail);

        Span<byte> digest = stackalloc byte[32];
        for (int i = 0; i < state.Length; i++)
            BinaryPrimitives.WriteUInt32BigEndian(digest[(4 * i)..], state[i]);
        return Convert.ToHexStringLower(digest);
    }

    // The schedule of a block does not depend on the block before: those of four blocks are made at once, one in each lane of a vector.
    private static void AddBlocks(Span<uint> state, ReadOnlySpan<byte> blocks)
    {
        Span<Vector128<uint>> schedule = stackalloc Vector128<uint>[Rounds];
        Span<uint> words = MemoryMarshal.Cast<Vector128<uint>, uint>(schedule);
        while (blocks.Length > 0)
        {
            int count = Math.Min(blocks.Length / BlockBytes, Vector128<uint>.Count);
            for (int block = 0; block < count; block++)
            {
                ReadOnlySpan<byte> bytes = blocks.Slice(block * BlockBytes, BlockBytes);
                for (int i = 0; i < BlockBytes / sizeof(uint); i++)
                    words[(i * Vector128<uint>.Count) + block] = BinaryPrimitives.ReadUInt32BigEndian(bytes[(sizeof(uint) * i)..]);
            }
            FillSchedule(schedule);
            for (int block = 0; block < count; block++)
                AddBlock(state, words[block..]);
            blocks = blocks[(count * BlockBytes)..];
        }
    }

    // From 16 words to 64, and the rounds' constants added to all.
    private static void FillSchedule(Span<Vector128<uint>> schedule)
    {
        for (int i = BlockBytes / sizeof(uint); i < Rounds; i++)
        {
            Vector128<uint> early = schedule[i - 15], late = schedule[i - 2];
            Vector128<uint> sigma0 = RotateRight(early, 7) ^ RotateRight(early, 18) ^ (early >> 3);
            Vector128<uint> sigma1 = RotateRight(late, 17) ^ RotateRight(late, 19) ^ (late >> 10);
            schedule[i] = schedule[i - 16] + sigma0 + schedule[i - 7] + sigma1;
        }
        for (int i = 0; i < Rounds; i++)
            schedule[i] += Vector128.Create(RoundConstants[i]);
    }

    private static Vector128<uint> RotateRight(Vector128<uint> value, int bits) => (value >> bits) | (value << (32 - bits));

    // Eight rounds at a time: after them every word is back in its variable. The words of one block lie one vector apart.
    private static void AddBlock(Span<uint> state, ReadOnlySpan<uint> words)
    {
        const int Apart = 4;
        (uint a, uint b, uint c, uint d) = (state[0], state[1], state[2], state[3]);
        (uint e, uint f, uint g, uint h) = (state[4], state[5], state[6], state[7]);
        for (int i = 0; i < Rounds; i += 8)
        {
            ReadOnlySpan<uint> next = words.Slice(i * Apart, (7 * Apart) + 1);
            Round(a, b, c, ref d, e, f, g, ref h, next[0]);
            Round(h, a, b, ref c, d, e, f, ref g, next[Apart]);
            Round(g, h, a, ref b, c, d, e, ref f, next[2 * Apart]);
            Round(f, g, h, ref a, b, c, d, ref e, next[3 * Apart]);
            Round(e, f, g, ref h, a, b, c, ref d, next[4 * Apart]);
            Round(d, e, f, ref g, h, a, b, ref c, next[5 * Apart]);
            Round(c, d, e, ref f, g, h, a, ref b, next[6 * Apart]);
            Round(b, c, d, ref e, f, g, h, ref a, next[7 * Apart]);
        }
        ReadOnlySpan<uint> added = [a, b, c, d, e, f, g, h];
        for (int i = 0; i < state.Length; i++)
            state[i] += added[i];
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Round(uint a, uint b, uint c, ref uint d, uint e, uint f, uint g, ref uint h, uint word)
    {
        uint sum1 = BitOperations.RotateRight(e, 6) ^ BitOperations.RotateRight(e, 11) ^ BitOperations.RotateRight(e, 25);
        uint first = h + word + sum1 + (g ^ (e & (f ^ g)));
        uint sum0 = BitOperations.RotateRight(a, 2) ^ BitOperations.RotateRight(a, 13) ^ BitOperations.RotateRight(a, 22);
        d += first;
        h = first + sum0 + ((a & b) | (c & (a | b)));
    }
}
