using Edge.Messaging.Wire;

namespace Edge.Protocols.MqttSn.Codec.V12;

/// <summary>What every message view of MQTT-SN 1.2 can do. Views lie in the received datagram: copy what must outlive the call.</summary>
internal interface IMqttSnMessage<TSelf>
    where TSelf : struct, IMqttSnMessage<TSelf>, allows ref struct
{
    static abstract MqttSnMessageType Type { get; }

    /// <summary>Octets that <see cref="Write"/> needs, header included.</summary>
    int Size { get; }

    /// <summary>Parses the part after MsgType.</summary>
    static abstract bool TryParse(scoped ref WireReader body, out TSelf message, out ParseError error);

    /// <summary>Writes the whole message into room of at least <see cref="Size"/>.</summary>
    void Write(Span<byte> destination);
}
