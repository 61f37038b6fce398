using Edge.Messaging.Wire;
using Edge.Protocols.Coap.Codec;

namespace Edge.Protocols.Coap.Tests.Codec;

/// <summary>Reads a message and writes it again.</summary>
internal static class AnyMessage
{
    public static (ParseError Error, int Size) RoundTrip(ReadOnlySpan<byte> octets, Span<byte> written)
    {
        if (!CoapMessage.TryParse(octets, out var message, out var error))
        {
            return (error, 0);
        }

        var writer = new CoapWriter(written, message.Type, message.Code, message.MessageId, message.Token);
        foreach (var option in message.Options)
        {
            writer.WriteOption(option.Number, option.Value);
        }

        writer.WritePayload(message.Payload);
        return (error, writer.Written);
    }
}
