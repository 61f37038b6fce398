using System.Buffers.Binary;
using System.Text;

namespace Edge.Load.Coap;

/// <summary>The few CoAP messages that a load sends, written by hand from RFC 7252 and 7641 and apart from the gateway's codec.</summary>
internal static class MessageEncoder
{
    /// <summary>Octets of every Token here.</summary>
    internal const int TokenLength = 4;

    /// <summary>Octets of an empty message, and before the Token of any other.</summary>
    internal const int HeaderLength = 4;

    private const byte PayloadMarker = 0xFF;
    private const int Version = 1 << 6;
    private const int Observe = 6;
    private const int UriPath = 11;
    private const int UriQuery = 15;

    /// <summary>A Confirmable request with room for its Message ID and Token, which <see cref="Stamp"/> writes.</summary>
    /// <param name="code">Its method.</param>
    /// <param name="path">Segments of the path, with <c>/</c> between them.</param>
    /// <param name="query">One argument of the query; null for none.</param>
    /// <param name="observe">Whether it asks to observe (Observe 0).</param>
    /// <param name="payload">What it carries; may be empty.</param>
    internal static byte[] Request(byte code, string path, string? query, bool observe, ReadOnlySpan<byte> payload)
    {
        var message = new List<byte> { Version | (MessageType.Confirmable << 4) | TokenLength, code };
        message.AddRange(new byte[2 + TokenLength]);
        var last = 0;
        if (observe)
        {
            AddOption(Observe, []);
        }

        foreach (var segment in path.Split('/'))
        {
            AddOption(UriPath, Encoding.UTF8.GetBytes(segment));
        }

        if (query is not null)
        {
            AddOption(UriQuery, Encoding.UTF8.GetBytes(query));
        }

        if (!payload.IsEmpty)
        {
            message.Add(PayloadMarker);
            message.AddRange(payload);
        }

        return [.. message];

        void AddOption(int number, byte[] value)
        {
            if (value.Length > 12)
            {
                throw new LoadException("A segment of a path, or a query, has at most 12 octets here.");
            }

            message.Add((byte)(((number - last) << 4) | value.Length));
            message.AddRange(value);
            last = number;
        }
    }

    /// <summary>Writes Message ID and Token of a request.</summary>
    internal static void Stamp(Span<byte> request, ushort messageId, uint token)
    {
        BinaryPrimitives.WriteUInt16BigEndian(request[2..], messageId);
        BinaryPrimitives.WriteUInt32BigEndian(request[HeaderLength..], token);
    }

    /// <summary>An empty message: an Acknowledgement, or a ping when it is Confirmable.</summary>
    internal static int WriteEmpty(Span<byte> destination, int type, ushort messageId)
    {
        destination[0] = (byte)(Version | (type << 4));
        destination[1] = MessageCode.Empty;
        BinaryPrimitives.WriteUInt16BigEndian(destination[2..], messageId);
        return HeaderLength;
    }
}
