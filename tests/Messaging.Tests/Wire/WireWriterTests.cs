using System.Text;
using CsCheck;
using Edge.Messaging.Wire;

namespace Edge.Messaging.Tests.Wire;

public sealed class WireWriterTests
{
    [Fact]
    public void Writes_the_fields_in_order_and_big_endian()
    {
        var frame = new byte[27];
        var writer = new WireWriter(frame);

        writer.WriteByte(0x01);
        writer.WriteUInt16(0x0203);
        writer.WriteUInt32(0x04050607);
        writer.WriteUInt64(0x08090A0B0C0D0E0F);
        writer.WriteBytes([0x10]);
        writer.WritePrefixed([0xAA, 0xBB]);
        writer.WritePrefixed("€");
        writer.Reserve(2)[1] = 0xCC;

        Assert.Equal(27, writer.Written);
        Assert.Equal("01" + "0203" + "04050607" + "08090A0B0C0D0E0F" + "10" + "0002AABB" + "0003E282AC" + "00CC", Convert.ToHexString(frame));
    }

    [Fact]
    public void Too_little_room_is_a_fault_of_this_program_and_throws()
    {
        Assert.ThrowsAny<Exception>(() => Write(1, (ref writer) => writer.WriteUInt16(1)));
        Assert.ThrowsAny<Exception>(() => Write(3, (ref writer) => writer.WriteUInt32(1)));
        Assert.ThrowsAny<Exception>(() => Write(7, (ref writer) => writer.WriteUInt64(1)));
        Assert.ThrowsAny<Exception>(() => Write(0, (ref writer) => writer.WriteByte(1)));
        Assert.ThrowsAny<Exception>(() => Write(1, (ref writer) => writer.WriteBytes([1, 2])));
        Assert.ThrowsAny<Exception>(() => Write(3, (ref writer) => writer.WritePrefixed("ab")));
        Assert.ThrowsAny<Exception>(() => Write(3, (ref writer) => writer.Reserve(4)));
    }

    [Fact]
    public void A_field_too_long_for_its_length_throws()
    {
        Assert.Throws<OverflowException>(() => Write(70_000, (ref writer) => writer.WritePrefixed(new byte[65_536])));
        Assert.Throws<OverflowException>(() => Write(70_000, (ref writer) => writer.WritePrefixed(new string('a', 65_536))));
    }

    [Fact]
    public void What_is_written_reads_back_the_same() =>
        Gen.Select(Gen.Byte, Gen.UShort, Gen.UInt, Gen.ULong, Gen.Byte.Array[0, 300], Gen.String[Gen.Char['\u0001', '\uD7FF'], 0, 100])
            .Sample((octet, two, four, eight, field, text) =>
            {
                var frame = new byte[1 + 2 + 4 + 8 + 2 + field.Length + 2 + Encoding.UTF8.GetByteCount(text)];
                var writer = new WireWriter(frame);
                writer.WriteByte(octet);
                writer.WriteUInt16(two);
                writer.WriteUInt32(four);
                writer.WriteUInt64(eight);
                writer.WritePrefixed(field);
                writer.WritePrefixed(text);
                Assert.Equal(frame.Length, writer.Written);

                var reader = new WireReader(frame);
                Assert.Equal((octet, two, four, eight), (reader.ReadByte(), reader.ReadUInt16(), reader.ReadUInt32(), reader.ReadUInt64()));
                Assert.Equal(field, reader.ReadPrefixed());
                Assert.True(Utf8Text.TryDecode(reader.ReadPrefixed(), out var read));
                Assert.Equal((text, 0, false), (read, reader.Remaining, reader.IsTruncated));
            });

    private static void Write(int room, WriteAction write)
    {
        var writer = new WireWriter(new byte[room]);
        write(ref writer);
    }

    private delegate void WriteAction(ref WireWriter writer);
}
