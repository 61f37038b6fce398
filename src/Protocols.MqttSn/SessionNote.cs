using Edge.Messaging;
using Edge.Messaging.Wire;

namespace Edge.Protocols.MqttSn;

/// <summary>What a session keeps for MQTT-SN, so that another peer can go on with it: after a restart, or when the client's address changed.</summary>
/// <remarks>
/// <code>
/// version=1 | flags | Duration | Duration of the sleep | [Will flags | Will topic, prefixed | length | Will message] | (topic id | Topic Name, prefixed)…
///     1     |   1   |    2     |           2           |      1      |        2 + n         |   4    |      n        |     2     |    2 + n    octets
/// </code>
/// Topic ids stand in the order of their use, the latest last.
/// </remarks>
internal sealed record SessionNote
{
    private const byte Version = 1;

    [Flags]
    private enum Parts : byte
    {
        CleanSession = 0x01,
        Will = 0x02,
        Known = 0x03,
    }

    /// <summary>CleanSession of the latest CONNECT.</summary>
    public required bool CleanSession { get; init; }

    /// <summary>Duration of the latest CONNECT, in seconds.</summary>
    public required ushort Duration { get; init; }

    /// <summary>For how long the client sleeps, in seconds; 0 while it does not.</summary>
    public required ushort SleepDuration { get; init; }

    /// <summary>The Will, or null.</summary>
    public Message? Will { get; init; }

    /// <summary>Topic ids of the client, the one used latest last.</summary>
    public IReadOnlyList<(ushort Id, TopicName Name)> Topics { get; init; } = [];

    /// <summary>The note as octets.</summary>
    public byte[] ToOctets()
    {
        // Three octets at most stand for one UTF-16 unit.
        var size = 6
            + (Will is null ? 0 : 1 + 2 + (3 * Will.Topic.ToString().Length) + 4 + Will.Payload.Length)
            + Topics.Sum(topic => 2 + 2 + (3 * topic.Name.ToString().Length));
        var octets = new byte[size];
        var writer = new WireWriter(octets);
        writer.WriteByte(Version);
        writer.WriteByte((byte)((CleanSession ? Parts.CleanSession : 0) | (Will is null ? 0 : Parts.Will)));
        writer.WriteUInt16(Duration);
        writer.WriteUInt16(SleepDuration);
        if (Will is not null)
        {
            writer.WriteByte((byte)((int)Will.Qos | (Will.Retain ? 0x04 : 0)));
            writer.WritePrefixed(Will.Topic.ToString());
            writer.WriteUInt32((uint)Will.Payload.Length);
            writer.WriteBytes(Will.Payload.Span);
        }

        foreach (var (id, name) in Topics)
        {
            writer.WriteUInt16(id);
            writer.WritePrefixed(name.ToString());
        }

        return octets.AsSpan(0, writer.Written).ToArray();
    }

    /// <summary>Reads a note; null when it is none of this version, or damaged.</summary>
    public static SessionNote? TryRead(ReadOnlySpan<byte> octets)
    {
        var reader = new WireReader(octets);
        var version = reader.ReadByte();
        var parts = (Parts)reader.ReadByte();
        var duration = reader.ReadUInt16();
        var sleepDuration = reader.ReadUInt16();
        Message? will = null;
        if (version != Version || (parts & ~Parts.Known) != 0 || (parts.HasFlag(Parts.Will) && !TryReadWill(ref reader, out will)))
        {
            return null;
        }

        var topics = new List<(ushort, TopicName)>();
        while (reader.Remaining > 0)
        {
            var id = reader.ReadUInt16();
            if (!TopicName.TryParse(reader.ReadPrefixed(), out var name))
            {
                return null;
            }

            topics.Add((id, name));
        }

        return reader.IsTruncated ? null : new SessionNote
        {
            CleanSession = parts.HasFlag(Parts.CleanSession),
            Duration = duration,
            SleepDuration = sleepDuration,
            Will = will,
            Topics = topics,
        };
    }

    private static bool TryReadWill(scoped ref WireReader reader, out Message? will)
    {
        var flags = reader.ReadByte();
        var isTopic = TopicName.TryParse(reader.ReadPrefixed(), out var topic);
        var length = reader.ReadUInt32();
        var payload = reader.ReadBytes((int)Math.Min(length, int.MaxValue)).ToArray();
        var isValid = isTopic && !reader.IsTruncated && flags is <= 0x07 and not 0x03 and not 0x07;
        will = isValid ? new Message { Topic = topic, Payload = payload, Qos = (QualityOfService)(flags & 0b11), Retain = (flags & 0x04) != 0 } : null;
        return isValid;
    }
}
