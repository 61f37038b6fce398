using CsCheck;
using Edge.Messaging;
using Edge.Messaging.Wire;
using Edge.Storage.Records;

namespace Edge.Storage.Tests.Records;

public sealed class MessageCodecTests
{
    [Fact]
    public void Is_written_as_the_picture_says()
    {
        Assert.True(TopicName.TryParse("a/b", out var topic));
        var message = new Message
        {
            Topic = topic,
            Payload = "hi"u8.ToArray(),
            Qos = QualityOfService.ExactlyOnce,
            Retain = true,
            Origin = "me",
            ExpiresAt = new DateTimeOffset(0x0102030405060708, TimeSpan.Zero),
            Properties = new MessageProperties { PayloadIsText = true, UserProperties = [new("k", "v")] },
        };

        Assert.Equal("3E 0003612F62 00026D65 0102030405060708 01 01 00016B 000176 6869".Replace(" ", "", StringComparison.Ordinal), Convert.ToHexString(Write(message)));
    }

    [Fact]
    public void Any_message_comes_back_the_same() => Messages.Any.Sample(message =>
    {
        var reader = new WireReader(Write(message));
        return MessageCodec.TryRead(ref reader, out var again) && Messages.AreEqual(message, again);
    });

    [Fact]
    public void Any_octets_are_read_or_refused() => Gen.Byte.Array[0, 100].Sample(octets =>
    {
        var reader = new WireReader(octets);
        return MessageCodec.TryRead(ref reader, out var message) == message is not null;
    });

    [Fact]
    public void A_message_cut_anywhere_before_its_payload_is_refused() => Messages.Any.Sample(message =>
    {
        var written = Write(message);
        for (var length = 0; length < written.Length - message.Payload.Length; length++)
        {
            var reader = new WireReader(written.AsSpan(0, length));
            if (MessageCodec.TryRead(ref reader, out _))
            {
                return false;
            }
        }

        return true;
    });

    private static byte[] Write(Message message)
    {
        var octets = new byte[MessageCodec.SizeOf(message)];
        var writer = new WireWriter(octets);
        MessageCodec.Write(ref writer, message);
        Assert.Equal(octets.Length, writer.Written);
        return octets;
    }
}
