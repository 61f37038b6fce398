using CsCheck;
using Edge.Messaging.Wire;
using Edge.Protocols.Coap.Codec;

namespace Edge.Protocols.Coap.Tests.Codec;

/// <summary>The format of messages (RFC 7252 §3).</summary>
public sealed class MessageTests
{
    public static TheoryData<string> Names => [.. Vectors.All.Select(vector => vector.Name)];

    [Theory, MemberData(nameof(Names))]
    public void A_vector_is_written_back_or_refused_with_its_reason(string name)
    {
        var vector = Vectors.All.Single(v => v.Name == name);
        var written = new byte[64];

        var (error, size) = AnyMessage.RoundTrip(Hex.Parse(vector.Octets), written);

        if (vector.Expected != "ok")
        {
            Assert.Equal(Enum.Parse<ParseError>(vector.Expected), error);
            return;
        }

        Assert.Equal(ParseError.None, error);
        Assert.Equal(Hex.Of(Hex.Parse(vector.Octets)), Hex.Of(written.AsSpan(0, size)));
    }

    [Fact]
    public void The_fields_are_where_section_3_has_them()
    {
        Assert.True(CoapMessage.TryParse(Hex.Parse("52 03 1234 ABCD B2 7073 05 746F706963 11 32 FF 68656C6C6F"), out var message, out _));

        Assert.Equal((CoapType.NonConfirmable, CoapCode.Put, 0x1234), (message.Type, message.Code, (int)message.MessageId));
        Assert.Equal([0xAB, 0xCD], message.Token.ToArray());
        Assert.Equal("hello"u8.ToArray(), message.Payload.ToArray());
        var options = new List<(OptionNumber, string, bool)>();
        foreach (var option in message.Options)
        {
            options.Add((option.Number, option.Text, option.IsCritical));
        }

        Assert.Equal([(OptionNumber.UriPath, "ps", true), (OptionNumber.UriPath, "topic", true), (OptionNumber.ContentFormat, "2", false)], options);
    }

    [Theory]
    [InlineData("49 01 1234 010203040506070809", CoapType.Confirmable), InlineData("50 01 1234 FF", CoapType.NonConfirmable), InlineData("40 20 1234", CoapType.Confirmable)]
    public void Of_what_is_refused_the_header_is_there_for_a_Reset(string octets, CoapType type)
    {
        Assert.False(CoapMessage.TryParse(Hex.Parse(octets), out var message, out _));
        Assert.Equal((type, 0x1234), (message.Type, (int)message.MessageId));
    }

    [Fact]
    public void Any_options_in_order_are_read_as_they_were_written() =>
        Gen.Select(Gen.Byte.Array[0, 8], Gen.Select(Gen.Int[0, 700], Gen.Byte.Array[0, 300]).Array[0, 20], Gen.Byte.Array[0, 50]).Sample((token, options, payload) =>
        {
            var buffer = new byte[8_000];
            var writer = new CoapWriter(buffer, CoapType.Confirmable, CoapCode.Post, 7, token);
            var written = new List<(int, string)>();
            foreach (var (delta, value) in options)
            {
                var number = Math.Min(delta + written.LastOrDefault().Item1, ushort.MaxValue);
                writer.WriteOption((OptionNumber)number, value);
                written.Add((number, Hex.Of(value)));
            }

            writer.WritePayload(payload);
            Assert.True(CoapMessage.TryParse(buffer.AsSpan(0, writer.Written), out var message, out _));
            var read = new List<(int, string)>();
            foreach (var option in message.Options)
            {
                read.Add(((int)option.Number, Hex.Of(option.Value)));
            }

            Assert.Equal(written, read);
            Assert.Equal((Hex.Of(token), Hex.Of(payload)), (Hex.Of(message.Token), Hex.Of(message.Payload)));
        });

    [Theory]
    [InlineData(0, ""), InlineData(1, "01"), InlineData(255, "FF"), InlineData(256, "0100"), InlineData(uint.MaxValue, "FFFFFFFF")]
    public void A_number_takes_as_few_octets_as_it_needs(uint number, string octets)
    {
        var buffer = new byte[16];
        var writer = new CoapWriter(buffer, CoapType.Acknowledgement, CoapCode.Content, 1);

        writer.WriteOption(OptionNumber.MaxAge, number);

        Assert.True(CoapMessage.TryParse(buffer.AsSpan(0, writer.Written), out var message, out _));
        var options = message.Options;
        Assert.True(options.MoveNext());
        Assert.Equal((octets, number), (Hex.Of(options.Current.Value), options.Current.Number32));
    }

    [Fact]
    public void Parsing_and_writing_allocate_nothing()
    {
        var written = new byte[64];

        Assert.Equal(0, Allocations.PerCall(() =>
        {
            foreach (var octets in Vectors.Octets)
            {
                _ = AnyMessage.RoundTrip(octets, written);
            }
        }));
    }

    [Fact]
    public void Options_out_of_order_are_a_fault_of_the_program() => Assert.Throws<ArgumentOutOfRangeException>(() =>
    {
        var writer = new CoapWriter(new byte[32], CoapType.Confirmable, CoapCode.Get, 1);
        writer.WriteOption(OptionNumber.UriPath, "a");
        writer.WriteOption(OptionNumber.Observe, 0);
    });
}
