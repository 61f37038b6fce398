using Edge.Messaging;
using Edge.Messaging.Wire;

namespace Edge.Protocols.Mqtt.Codec;

/// <summary>CONNECT, the first packet of a connection (MQTT 5.0 §3.1, MQTT 3.1.1 §3.1, MQTT 3.1 §3.1).</summary>
/// <remarks>
/// <code>
/// 0x10 | Remaining Length | 0x0004 "MQTT" | Version | Connect Flags | Keep Alive | Properties
///      | ClientId | Will Properties | Will Topic | Will Payload | User Name | Password
///
/// Connect Flags: User Name 0x80, Password 0x40, Will Retain 0x20, Will QoS 0x18, Will 0x04, Clean Start 0x02
/// </code>
/// Properties exist from MQTT 5.0 on. All but ClientId in the second row are there when their flag says so. A view.
/// </remarks>
public readonly ref struct Connect
{
    /// <summary>Protocol Version. Also set when <see cref="TryParse"/> refuses an unknown one.</summary>
    public MqttVersion Version { get; init; }

    /// <summary>Clean Start (MQTT 5.0 §3.1.2.4), CleanSession before.</summary>
    public bool CleanStart { get; init; }

    /// <summary>Keep Alive in seconds; 0 turns it off.</summary>
    public ushort KeepAlive { get; init; }

    /// <summary>Properties; none before MQTT 5.0.</summary>
    public Properties Properties { get; init; }

    /// <summary>ClientId in UTF-8; empty asks the server for one.</summary>
    public ReadOnlySpan<byte> ClientId { get; init; }

    /// <summary>Whether there is a Will. The other Will members mean nothing without.</summary>
    public bool HasWill { get; init; }

    /// <summary>Will QoS.</summary>
    public QualityOfService WillQos { get; init; }

    /// <summary>Will Retain.</summary>
    public bool WillRetain { get; init; }

    /// <summary>Properties of the Will.</summary>
    public Properties WillProperties { get; init; }

    /// <summary>Will Topic in UTF-8.</summary>
    public ReadOnlySpan<byte> WillTopic { get; init; }

    /// <summary>Will Payload.</summary>
    public ReadOnlySpan<byte> WillPayload { get; init; }

    /// <summary>Whether there is a User Name, which may be empty.</summary>
    public bool HasUserName { get; init; }

    /// <summary>User Name in UTF-8.</summary>
    public ReadOnlySpan<byte> UserName { get; init; }

    /// <summary>Whether there is a Password, which may be empty.</summary>
    public bool HasPassword { get; init; }

    /// <summary>Password.</summary>
    public ReadOnlySpan<byte> Password { get; init; }

    private ReadOnlySpan<byte> ProtocolName => Version == MqttVersion.Mqtt31 ? "MQIsdp"u8 : "MQTT"u8;

    private int Flags =>
        (HasUserName ? 0x80 : 0) | (HasPassword ? 0x40 : 0) | (CleanStart ? 0x02 : 0)
        | (HasWill ? 0x04 | ((int)WillQos << 3) | (WillRetain ? 0x20 : 0) : 0);

    private int RemainingLength =>
        2 + ProtocolName.Length + 4 + 2 + ClientId.Length
        + (Version == MqttVersion.Mqtt5 ? Properties.Size + (HasWill ? WillProperties.Size : 0) : 0)
        + (HasWill ? 4 + WillTopic.Length + WillPayload.Length : 0)
        + (HasUserName ? 2 + UserName.Length : 0)
        + (HasPassword ? 2 + Password.Length : 0);

    /// <summary>Parses a whole packet.</summary>
    public static bool TryParse(ReadOnlySpan<byte> frame, out Connect connect, out ParseError error)
    {
        connect = default;
        if (!FixedHeader.TryOpen(frame, PacketType.Connect, MqttVersion.Mqtt311, out _, out var body, out error))
        {
            return false;
        }

        var name = body.ReadPrefixed();
        var version = (MqttVersion)body.ReadByte();
        if (body.IsTruncated || !IsSupported(name, version))
        {
            connect = new Connect { Version = version };
            error = body.IsTruncated ? ParseError.Truncated : ParseError.UnsupportedVersion;
            return false;
        }

        if (version == MqttVersion.Mqtt5 && FixedHeader.TryParse(frame, out var header, out _) && !header.IsMinimal)
        {
            connect = new Connect { Version = version };
            error = ParseError.LengthMismatch;
            return false;
        }

        return TryParseRest(version, ref body, out connect, out error);
    }

    /// <summary>Octets that <see cref="Write"/> needs.</summary>
    public int Size() => FixedHeader.PacketSizeOf(RemainingLength);

    /// <summary>Writes the whole packet.</summary>
    public void Write(Span<byte> destination)
    {
        var writer = new WireWriter(destination);
        FixedHeader.Write(ref writer, PacketType.Connect, 0, RemainingLength);
        writer.WritePrefixed(ProtocolName);
        writer.WriteByte((byte)Version);
        writer.WriteByte((byte)Flags);
        writer.WriteUInt16(KeepAlive);
        if (Version == MqttVersion.Mqtt5)
        {
            Properties.Write(ref writer);
        }

        writer.WritePrefixed(ClientId);
        if (HasWill)
        {
            if (Version == MqttVersion.Mqtt5)
            {
                WillProperties.Write(ref writer);
            }

            writer.WritePrefixed(WillTopic);
            writer.WritePrefixed(WillPayload);
        }

        if (HasUserName)
        {
            writer.WritePrefixed(UserName);
        }

        if (HasPassword)
        {
            writer.WritePrefixed(Password);
        }
    }

    private static bool IsSupported(ReadOnlySpan<byte> name, MqttVersion version) => version switch
    {
        MqttVersion.Mqtt31 => name.SequenceEqual("MQIsdp"u8),
        MqttVersion.Mqtt311 or MqttVersion.Mqtt5 => name.SequenceEqual("MQTT"u8),
        _ => false,
    };

    private static bool TryParseRest(MqttVersion version, scoped ref WireReader body, out Connect connect, out ParseError error)
    {
        connect = new Connect { Version = version };
        var flags = body.ReadByte();
        var keepAlive = body.ReadUInt16();
        Properties properties = default, willProperties = default;
        error = CheckFlags(flags, version);
        if (error != ParseError.None
            || (version == MqttVersion.Mqtt5 && !Properties.TryParse(ref body, PacketSet.Connect, out properties, out error)))
        {
            return false;
        }

        var clientId = body.ReadPrefixed();
        var hasWill = (flags & 0x04) != 0;
        if (hasWill && version == MqttVersion.Mqtt5 && !Properties.TryParse(ref body, PacketSet.Will, out willProperties, out error))
        {
            return false;
        }

        var willTopic = hasWill ? body.ReadPrefixed() : default;
        var willPayload = hasWill ? body.ReadPrefixed() : default;

        // MQTT 3.1 §3.1: a flag may be set although the packet ends before the field.
        var mayEnd = version == MqttVersion.Mqtt31;
        var hasUserName = (flags & 0x80) != 0 && !(mayEnd && body.Remaining == 0);
        var userName = hasUserName ? body.ReadPrefixed() : default;
        var hasPassword = (flags & 0x40) != 0 && !(mayEnd && body.Remaining == 0);
        var password = hasPassword ? body.ReadPrefixed() : default;

        connect = new Connect
        {
            Version = version,
            CleanStart = (flags & 0x02) != 0,
            KeepAlive = keepAlive,
            Properties = properties,
            ClientId = clientId,
            HasWill = hasWill,
            WillQos = (QualityOfService)(hasWill ? (flags >> 3) & 0b11 : 0),
            WillRetain = hasWill && (flags & 0x20) != 0,
            WillProperties = willProperties,
            WillTopic = willTopic,
            WillPayload = willPayload,
            HasUserName = hasUserName,
            UserName = userName,
            HasPassword = hasPassword,
            Password = password,
        };
        error = body.IsTruncated ? ParseError.Truncated
              : body.Remaining > 0 ? ParseError.LengthMismatch
              : !Utf8Text.IsValid(clientId) || !Utf8Text.IsValid(userName) ? ParseError.InvalidText
              : HasDataWithoutMethod(properties) ? ParseError.InvalidProperty
              : hasWill ? TopicText.CheckName(willTopic)
              : ParseError.None;
        return error == ParseError.None;
    }

    private static ParseError CheckFlags(byte flags, MqttVersion version)
    {
        if (version == MqttVersion.Mqtt31)
        {
            return (flags & 0x1C) == 0x1C ? ParseError.InvalidValue : ParseError.None;
        }

        var willWithoutFlag = (flags & 0x04) == 0 && (flags & 0x38) != 0;
        var passwordAlone = version == MqttVersion.Mqtt311 && (flags & 0xC0) == 0x40;
        return (flags & 0x01) != 0 ? ParseError.ReservedValue
             : (flags & 0x18) == 0x18 || willWithoutFlag || passwordAlone ? ParseError.InvalidValue
             : ParseError.None;
    }

    private static bool HasDataWithoutMethod(Properties properties) =>
        properties.TryGet(PropertyId.AuthenticationData, out _) && !properties.TryGet(PropertyId.AuthenticationMethod, out _);
}
