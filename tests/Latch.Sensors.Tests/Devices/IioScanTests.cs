using Latch.Sensors.Iio;

namespace Latch.Sensors.Tests.Devices;

/// <summary>Forms and places as Documentation/ABI/testing/sysfs-bus-iio and the kernel's iio_compute_scan_bytes state them.</summary>
public sealed class IioScanTests
{
    [Theory]
    [InlineData("le:s12/16>>4", new byte[] { 0xF0, 0xFF }, -1)]
    [InlineData("le:s12/16>>4", new byte[] { 0x0F, 0x80 }, -2048)]
    [InlineData("le:s12/16>>4", new byte[] { 0xFF, 0x7F }, 2047)]
    [InlineData("be:u24/32>>8", new byte[] { 0x12, 0x34, 0x56, 0x78 }, 0x123456)]
    [InlineData("be:s16/16>>0", new byte[] { 0xFF, 0xFE }, -2)]
    [InlineData("le:s16/16", new byte[] { 0xFE, 0xFF }, -2)]
    [InlineData("le:u8/8>>0", new byte[] { 0xFF }, 255)]
    [InlineData("le:s64/64>>0", new byte[] { 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x7F }, long.MaxValue)]
    [InlineData("le:u10/16>>0", new byte[] { 0xFF, 0xFF }, 1023)]
    public void Decode_Bytes_GivesTheValue(string form, byte[] bytes, long expected)
    {
        Assert.True(IioScanElement.TryParse(form, out IioScanElement element));
        Assert.Equal(expected, element.Decode(bytes));
    }

    [Fact]
    public void TryParse_Repeat_CountsValues()
    {
        Assert.True(IioScanElement.TryParse("le:s32/32X4>>0", out IioScanElement element));
        Assert.Equal((4, 4, 16), (element.Repeat, element.ValueBytes, element.Bytes));
    }

    [Theory]
    [InlineData("")]
    [InlineData("le:s12")]
    [InlineData("me:s12/16>>4")]
    [InlineData("le:f32/32>>0")]
    [InlineData("le:s12/16>>5")]
    [InlineData("le:s12/12>>0")]
    [InlineData("le:s0/16>>0")]
    [InlineData("le:s16/16X0>>0")]
    [InlineData("le:s16/16>>0 ")]
    [InlineData("le:s16/16X>>0")]
    public void TryParse_AnotherForm_IsFalse(string form) => Assert.False(IioScanElement.TryParse(form, out _));

    [Theory]
    [InlineData(new[] { "le:s16/16", "le:u32/32", "le:u8/8", "le:s64/64" }, new[] { 0, 4, 8, 16 }, 24)]
    [InlineData(new[] { "le:u8/8", "le:s16/16", "le:u8/8" }, new[] { 0, 2, 4 }, 6)]
    [InlineData(new[] { "le:s16/16", "le:s16/16", "le:s16/16", "le:s64/64" }, new[] { 0, 2, 4, 8 }, 16)]
    [InlineData(new[] { "le:u8/8", "le:s32/32X4>>0", "le:s64/64" }, new[] { 0, 16, 32 }, 48)]
    [InlineData(new[] { "le:s16/16" }, new[] { 0 }, 2)]
    public void Of_Elements_AreAlignedToTheirSizeAndTheWholeToTheLargest(string[] forms, int[] offsets, int bytes)
    {
        // The list is given backwards: the index decides.
        IioScanLayout layout = IioScanLayout.Of(forms.Select((form, i) => (i, $"{i}", IioScanElement.TryParse(form, out IioScanElement element) ? element : default)).Reverse());
        Assert.Equal(offsets, forms.Select((_, i) => layout[$"{i}"].Offset));
        Assert.Equal(bytes, layout.ScanBytes);
    }
}
