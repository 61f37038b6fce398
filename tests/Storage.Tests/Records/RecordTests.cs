using CsCheck;
using Edge.Messaging;
using Edge.Messaging.Stores;
using Edge.Messaging.Wire;
using Edge.Storage.Records;
using Record = Edge.Storage.Records.Record;

namespace Edge.Storage.Tests.Records;

public sealed class RecordTests
{
    [Fact]
    public void The_checksum_is_that_of_rfc_3720()
    {
        Assert.Equal(0xE3069283u, Crc32C.Of("123456789"u8));
        Assert.Equal(0x8A9136AAu, Crc32C.Of(new byte[32]));
    }

    [Fact]
    public void A_record_with_one_bit_flipped_or_of_another_key_is_refused() =>
        Gen.Select(Gen.Byte.Array[0, 50], Gen.Long, Gen.Int[0, 10_000]).Sample((content, key, bit) =>
        {
            var record = new byte[content.Length + Record.Overhead];
            content.CopyTo(record, 1);
            Record.Seal(key, record);
            var isWhole = Record.TryOpen(key, record, out var read) && read.SequenceEqual(content);
            var isKeyed = !Record.TryOpen(key + 1, record, out _);
            record[bit / 8 % record.Length] ^= (byte)(1 << (bit % 8));
            return isWhole && isKeyed && !Record.TryOpen(key, record, out _);
        });

    [Fact]
    public void A_record_of_a_later_version_is_refused()
    {
        var record = new byte[10];
        Record.Seal(1, record);
        record[0]++;
        Record.SetChecksum(1, record);

        Assert.False(Record.TryOpen(1, record, out _));
    }

    [Fact]
    public void Numbers_of_every_size_come_back() => Gen.OneOf(Gen.Long[0, 300], Gen.Long[0, long.MaxValue]).Sample(value =>
    {
        var octets = new byte[VariableInteger.SizeOf(value)];
        var writer = new WireWriter(octets);
        VariableInteger.Write(ref writer, value);
        var reader = new WireReader(octets);
        return writer.Written == octets.Length && VariableInteger.Read(ref reader) == value && !reader.IsTruncated;
    });

    [Theory]
    [InlineData("")]
    [InlineData("80")]
    [InlineData("FFFFFFFFFFFFFFFFFF01")]
    public void A_number_that_does_not_end_is_refused(string hex)
    {
        var reader = new WireReader(Convert.FromHexString(hex));

        VariableInteger.Read(ref reader);

        Assert.True(reader.IsTruncated);
    }

    [Fact]
    public void Any_octets_as_a_session_or_subscription_are_read_or_refused() => Gen.Byte.Array[0, 80].Sample(octets =>
        SessionCodec.TryRead(1, octets, out var session) == session is not null
        && SubscriptionCodec.TryRead(octets, out var subscription) == subscription is not null);

    [Fact]
    public void A_session_cut_anywhere_is_refused()
    {
        var session = new SessionRecord
        {
            Number = 1,
            ClientId = "client",
            UserName = "user",
            Peer = "192.0.2.1:0",
            CertificateName = "press-7",
            Acl = "{}",
            Expiry = TimeSpan.FromDays(1),
            DisconnectedAt = DateTimeOffset.UnixEpoch,
            Will = new WillMessage(TestStore.MessageOn("will", ""), TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(2)),
        };
        var octets = new byte[SessionCodec.SizeOf(session)];
        var writer = new WireWriter(octets);
        SessionCodec.Write(ref writer, session);

        Assert.All(Enumerable.Range(0, octets.Length), length => Assert.False(SessionCodec.TryRead(1, octets.AsSpan(0, length), out _)));
    }

    [Fact]
    public void A_session_written_before_there_were_tokens_is_read()
    {
        var octets = Convert.FromHexString("38" + "000000C92A69C000" + "0001" + "63" + "0001" + "75" + "0005" + "5B3A3A5D30" + "0001" + "6E");

        Assert.True(SessionCodec.TryRead(7, octets, out var session));
        Assert.Equal(new SessionRecord { Number = 7, ClientId = "c", UserName = "u", Peer = "[::]0", CertificateName = "n", Expiry = TimeSpan.FromDays(1) }, session);
    }
}
