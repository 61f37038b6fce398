using CsCheck;
using Edge.Messaging.Wire;

namespace Edge.Messaging.Tests.Wire;

public sealed class WireReaderTests
{
    [Fact]
    public void Reads_the_fields_in_order_and_big_endian()
    {
        var reader = new WireReader(Convert.FromHexString("01" + "0203" + "04050607" + "08090A0B0C0D0E0F" + "0002" + "AABB" + "10" + "11" + "1213"));

        Assert.Equal(0x01, reader.ReadByte());
        Assert.Equal(0x0203, reader.ReadUInt16());
        Assert.Equal(0x04050607u, reader.ReadUInt32());
        Assert.Equal(0x08090A0B0C0D0E0Ful, reader.ReadUInt64());
        Assert.Equal([0xAA, 0xBB], reader.ReadPrefixed().ToArray());
        Assert.Equal([0x10, 0x11], reader.ReadBytes(2).ToArray());
        Assert.Equal(2, reader.Remaining);
        Assert.Equal([0x12, 0x13], reader.ReadToEnd().ToArray());
        Assert.Equal((0, false), (reader.Remaining, reader.IsTruncated));
    }

    [Fact]
    public void What_does_not_fit_fails_every_later_read()
    {
        var reader = new WireReader([1, 2, 3]);

        Assert.Equal(0u, reader.ReadUInt32());
        Assert.True(reader.IsTruncated);
        Assert.Equal((0, 0), (reader.ReadByte(), reader.Remaining));
        Assert.True(reader.ReadToEnd().IsEmpty);
        Assert.True(reader.IsTruncated);
    }

    [Theory]
    [InlineData("")]
    [InlineData("00")]
    [InlineData("0003 0102")]
    public void A_prefixed_field_that_promises_too_much_is_truncated(string hex)
    {
        var reader = new WireReader(Convert.FromHexString(hex.Replace(" ", "", StringComparison.Ordinal)));

        Assert.True(reader.ReadPrefixed().IsEmpty);
        Assert.True(reader.IsTruncated);
    }

    [Fact]
    public void A_negative_count_is_truncated_too()
    {
        var reader = new WireReader([1, 2, 3]);

        Assert.True(reader.ReadBytes(-1).IsEmpty);
        Assert.True(reader.IsTruncated);
    }

    [Fact]
    public void An_empty_rest_is_no_failure()
    {
        var reader = new WireReader([]);

        Assert.True(reader.ReadToEnd().IsEmpty);
        Assert.True(reader.ReadBytes(0).IsEmpty);
        Assert.False(reader.IsTruncated);
    }

    [Fact]
    public void Never_reads_past_the_end_whatever_is_asked() =>
        Gen.Select(Gen.Byte.Array[0, 40], Gen.Int[0, 6].List[0, 12], Gen.Int[0, 50]).Sample((octets, reads, count) =>
        {
            var reader = new WireReader(octets);
            var (read, failed) = (0, false);
            foreach (var kind in reads)
            {
                var before = reader.Remaining;
                var taken = kind switch
                {
                    0 => Fixed(1, reader.ReadByte()),
                    1 => Fixed(2, reader.ReadUInt16()),
                    2 => Fixed(4, reader.ReadUInt32()),
                    3 => Fixed(8, reader.ReadUInt64()),
                    4 => reader.ReadBytes(count).Length,
                    5 => reader.ReadPrefixed().Length + 2,
                    _ => reader.ReadToEnd().Length,
                };

                Assert.True(!failed || reader.IsTruncated);
                failed = reader.IsTruncated;
                if (failed)
                {
                    Assert.Equal(0, reader.Remaining);
                }
                else
                {
                    read += taken;
                    Assert.Equal((octets.Length - read, before - taken), (reader.Remaining, reader.Remaining));
                }
            }
        });

    [Fact]
    public void Reading_allocates_nothing()
    {
        var frame = new byte[] { 0, 1, 7, 0, 5, 9, 9, 9, 9 };

        Assert.Equal(0, Allocations.PerCall(() => Assert.True(Sum(frame) == 13)));

        static int Sum(ReadOnlySpan<byte> frame)
        {
            var reader = new WireReader(frame);
            return reader.ReadPrefixed().Length + reader.ReadUInt16() + reader.ReadToEnd().Length + 3;
        }
    }

    private static int Fixed(int length, ulong _) => length;
}
