using System.Text;
using Edge.Messaging;
using Edge.Messaging.Wire;

namespace Edge.Protocols.Mqtt.Codec;

/// <summary>A PUBLISH written straight from a <see cref="Message"/>, properties included, without allocating (MQTT 5.0 §3.3).</summary>
/// <remarks>Sizes are reckoned once, when it is made: make one for each packet to send.</remarks>
public readonly ref struct OutgoingPublish
{
    private readonly Message _message;
    private readonly MqttVersion _version;
    private readonly int _flags;
    private readonly ushort _packetId;
    private readonly uint? _expiry;
    private readonly ReadOnlySpan<uint> _subscriptionIdentifiers;
    private readonly ushort _topicAlias;
    private readonly string _topic;
    private readonly int _propertiesLength;
    private readonly int _remainingLength;

    /// <summary>A step that a session asks for; <see cref="Delivery.Message"/> is there.</summary>
    /// <param name="delivery">The delivery, of kind <see cref="DeliveryKind.Publish"/>.</param>
    /// <param name="version">Version of the connection.</param>
    /// <param name="expiry">Message Expiry Interval left, in seconds; null when the message does not expire.</param>
    /// <param name="topicAlias">Topic Alias to send along; 0 for none.</param>
    /// <param name="aliasIsKnown">Whether the receiver knows the alias by now, so that the name can be left out.</param>
    public OutgoingPublish(in Delivery delivery, MqttVersion version, uint? expiry, ushort topicAlias = 0, bool aliasIsKnown = false)
        : this(
            delivery.Message!, delivery.Qos, delivery.Retain, delivery.Dup, delivery.PacketId, version, expiry, delivery.SubscriptionIdentifiers,
            topicAlias, aliasIsKnown)
    {
    }

    /// <summary>A message on its way to whoever.</summary>
    /// <param name="message">Topic, payload and properties.</param>
    /// <param name="qos">QoS on this hop.</param>
    /// <param name="retain">RETAIN on this hop.</param>
    /// <param name="dup">Whether it may have been sent before; not at QoS 0.</param>
    /// <param name="packetId">Packet Identifier; 0 at QoS 0.</param>
    /// <param name="version">Version of the connection; before MQTT 5.0 properties are left out.</param>
    /// <param name="expiry">Message Expiry Interval left, in seconds; null when the message does not expire.</param>
    /// <param name="subscriptionIdentifiers">Subscription Identifiers, server to client only.</param>
    /// <param name="topicAlias">Topic Alias to send along; 0 for none, and always 0 before MQTT 5.0.</param>
    /// <param name="aliasIsKnown">Whether the receiver knows the alias by now, so that the name can be left out.</param>
    public OutgoingPublish(
        Message message, QualityOfService qos, bool retain, bool dup, ushort packetId, MqttVersion version, uint? expiry = null,
        ReadOnlySpan<uint> subscriptionIdentifiers = default, ushort topicAlias = 0, bool aliasIsKnown = false)
    {
        _message = message;
        _version = version;
        _packetId = packetId;
        _expiry = expiry;
        _subscriptionIdentifiers = subscriptionIdentifiers;
        _topicAlias = topicAlias;
        _topic = aliasIsKnown ? string.Empty : message.Topic.ToString();
        _flags = Publish.FlagsOf(dup && qos != QualityOfService.AtMostOnce, qos, retain);
        _propertiesLength = version == MqttVersion.Mqtt5 ? PropertiesLength() : 0;
        _remainingLength = 2 + Encoding.UTF8.GetByteCount(_topic)
            + (qos == QualityOfService.AtMostOnce ? 0 : 2)
            + (version == MqttVersion.Mqtt5 ? VariableByteInteger.SizeOf(_propertiesLength) + _propertiesLength : 0)
            + message.Payload.Length;
    }

    /// <summary>Octets that <see cref="Write"/> needs. More than 268,435,460 cannot be sent.</summary>
    public int Size => FixedHeader.PacketSizeOf(_remainingLength);

    /// <summary>Writes the whole packet.</summary>
    public void Write(Span<byte> destination)
    {
        var writer = new WireWriter(destination);
        FixedHeader.Write(ref writer, PacketType.Publish, _flags, _remainingLength);
        writer.WritePrefixed(_topic);
        if ((_flags & 0b0110) != 0)
        {
            writer.WriteUInt16(_packetId);
        }

        if (_version == MqttVersion.Mqtt5)
        {
            WriteProperties(ref writer);
        }

        writer.WriteBytes(_message.Payload.Span);
    }

    private int PropertiesLength()
    {
        var length = (_expiry is null ? 0 : 5) + (_topicAlias == 0 ? 0 : 3);
        foreach (var identifier in _subscriptionIdentifiers)
        {
            length += 1 + VariableByteInteger.SizeOf((int)identifier);
        }

        return length + (_message.Properties is { } properties ? PropertyWriter.SizeOf(properties) : 0);
    }

    private void WriteProperties(scoped ref WireWriter writer)
    {
        VariableByteInteger.Write(ref writer, _propertiesLength);
        if (_propertiesLength == 0)
        {
            return;
        }

        var properties = new PropertyWriter(writer.Reserve(_propertiesLength));
        if (_expiry is { } expiry)
        {
            properties.Add(PropertyId.MessageExpiryInterval, expiry);
        }

        if (_topicAlias != 0)
        {
            properties.Add(PropertyId.TopicAlias, _topicAlias);
        }

        foreach (var identifier in _subscriptionIdentifiers)
        {
            properties.Add(PropertyId.SubscriptionIdentifier, identifier);
        }

        if (_message.Properties is { } own)
        {
            properties.Add(own);
        }
    }
}
