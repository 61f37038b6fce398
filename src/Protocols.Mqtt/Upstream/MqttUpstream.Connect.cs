using System.Text;
using Edge.Messaging;
using Edge.Messaging.Peers;
using Edge.Messaging.Wire;
using Edge.Protocols.Mqtt.Codec;

namespace Edge.Protocols.Mqtt.Upstream;

/// <summary>The connection begins (MQTT 5.0 §3.1, §3.2), and with it the subscriptions (§3.8, §3.9).</summary>
public sealed partial class MqttUpstream
{
    /// <summary>Session Expiry Interval that means: for ever (MQTT 5.0 §3.1.2.11.2).</summary>
    private const uint NeverExpires = uint.MaxValue;

    private void SendConnect(IUpstreamEffects effects)
    {
        var properties = new PropertyWriter(stackalloc byte[16]);
        if (_version == MqttVersion.Mqtt5)
        {
            properties.Add(PropertyId.SessionExpiryInterval, NeverExpires);
            properties.Add(PropertyId.ReceiveMaximum, (uint)connect.ReceiveMaximum);
            properties.Add(PropertyId.MaximumPacketSize, (uint)connect.MaxPacketSize);
        }

        var packet = new Connect
        {
            Version = _version,
            KeepAlive = (ushort)Math.Clamp(connect.KeepAlive.TotalSeconds, 1, ushort.MaxValue),
            Properties = properties.Written,
            ClientId = Encoding.UTF8.GetBytes(connect.ClientId),
            HasUserName = connect.UserName is not null,
            UserName = Encoding.UTF8.GetBytes(connect.UserName ?? ""),
            HasPassword = connect.Password is not null,
            Password = connect.Password.GetValueOrDefault().Span,
        };
        packet.Write(effects.Send(packet.Size()));
    }

    private ParseError OnConnAck(ReadOnlySpan<byte> frame, IUpstreamEffects effects)
    {
        if (!ConnAck.TryParse(frame, _version, out var connAck, out var error))
        {
            // A server that knows no MQTT 5.0 says so in its own way (MQTT 3.1.1 §3.1.2.2).
            var isOlder = _version == MqttVersion.Mqtt5 && ConnAck.TryParse(frame, MqttVersion.Mqtt311, out connAck, out _);
            if (!isOlder)
            {
                return error;
            }

            connAck = new ConnAck { ReasonCode = ReasonCode.UnsupportedProtocolVersion };
        }

        effects.Disarm(PeerTimer.Progress);
        if (connAck.ReasonCode != ReasonCode.Success)
        {
            End(ToEnd(UpstreamEndCause.Refused, connAck.ReasonCode, connAck.Properties), effects);
            return ParseError.None;
        }

        _terms = ReadTerms(connAck);
        _state = State.Attaching;
        effects.Arm(PeerTimer.Ping, _terms.KeepAlive);
        effects.Accepted(_terms);
        return ParseError.None;
    }

    private UpstreamTerms ReadTerms(in ConnAck connAck)
    {
        if (_version != MqttVersion.Mqtt5)
        {
            return new UpstreamTerms { Version = _version, SessionPresent = connAck.SessionPresent, KeepAlive = connect.KeepAlive };
        }

        var granted = connAck.Properties;
        var standard = new UpstreamTerms { Version = _version, SessionPresent = connAck.SessionPresent, KeepAlive = connect.KeepAlive };
        return standard with
        {
            ReceiveMaximum = (int)(granted.Number(PropertyId.ReceiveMaximum) ?? (uint)standard.ReceiveMaximum),
            MaximumQos = (QualityOfService)(granted.Number(PropertyId.MaximumQoS) ?? (uint)standard.MaximumQos),
            RetainAvailable = granted.Number(PropertyId.RetainAvailable) != 0,
            SubscriptionIdentifiersAvailable = granted.Number(PropertyId.SubscriptionIdentifierAvailable) != 0,
            MaximumPacketSize = (int)Math.Min(granted.Number(PropertyId.MaximumPacketSize) ?? uint.MaxValue, (uint)standard.MaximumPacketSize),
            KeepAlive = granted.Number(PropertyId.ServerKeepAlive) is { } seconds and not 0 ? TimeSpan.FromSeconds(seconds) : connect.KeepAlive,
            AssignedClientId = TextOf(granted, PropertyId.AssignedClientIdentifier),
        };
    }

    /// <summary>One SUBSCRIBE each, so that each may have its identifier.</summary>
    private void SendSubscriptions(IUpstreamEffects effects)
    {
        Span<byte> room = stackalloc byte[8];
        for (var i = 0; i < connect.Subscriptions.Count; i++)
        {
            var subscription = connect.Subscriptions[i];
            var properties = new PropertyWriter(room);
            if (Terms.SubscriptionIdentifiersAvailable && subscription.Identifier != 0)
            {
                properties.Add(PropertyId.SubscriptionIdentifier, subscription.Identifier);
            }

            var subscribe = new Subscribe
            {
                PacketId = PacketIdOfSubscription(i),
                Properties = properties.Written,
                Entries = SubscribeEntries.From([subscription], _version),
            };
            subscribe.Write(effects.Send(subscribe.Size(_version)), _version);
            Expect(PacketType.SubAck, subscribe.PacketId, default);
        }
    }

    private ParseError OnSubAck(ReadOnlySpan<byte> frame, IUpstreamEffects effects)
    {
        if (!SubAck.TryParse(frame, _version, out var subAck, out var error) || !TryTakeExpected(PacketType.SubAck, subAck.PacketId, out _))
        {
            return error;
        }

        if (subAck.ReasonCodes[0] >= ReasonCode.UnspecifiedError)
        {
            effects.SubscriptionRefused(connect.Subscriptions[PacketIdOfSubscription(subAck.PacketId)], subAck.ReasonCodes[0]);
        }

        SendHeld(effects);
        return ParseError.None;
    }

    /// <summary>Identifiers from the top down, and back: what the session sends is seldom there, and waits for SUBACK if it is.</summary>
    private static ushort PacketIdOfSubscription(int index) => (ushort)(ushort.MaxValue - index);
}
