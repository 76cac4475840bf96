using System.Security.Cryptography;
using Latch.Model.Container;

namespace Latch.Model.Tests;

public sealed class Sha256Tests
{
    // FIPS 180-4's own examples.
    [Theory]
    [InlineData("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")]
    [InlineData("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")]
    [InlineData("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1")]
    public void Hex_PublishedMessage_PublishedDigest(string message, string digest) =>
        Assert.Equal(digest, Sha256.Hex(System.Text.Encoding.ASCII.GetBytes(message)));

    [Fact]
    public void Hex_EveryLengthToTenBlocks_EqualsTheFrameworks()
    {
        var data = new byte[640];
        new Random(4).NextBytes(data);
        for (int length = 0; length <= data.Length; length++)
            Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(data.AsSpan(0, length))), Sha256.Hex(data.AsSpan(0, length)));
    }
}
