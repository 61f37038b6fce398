namespace Edge.EndToEnd.Tests.Harness;

/// <summary>A topic as MQTT-SN writes it: TopicIdType and two octets (MQTT-SN 1.2 §5.3.4, §5.3.11).</summary>
internal readonly record struct SnTopic(byte Type, ushort Id)
{
    /// <summary>An id that REGACK, REGISTER or SUBACK gave.</summary>
    public static SnTopic Registered(ushort id) => new(0b00, id);

    /// <summary>An id agreed in advance.</summary>
    public static SnTopic Predefined(ushort id) => new(0b01, id);

    /// <summary>A name of two letters.</summary>
    public static SnTopic Short(string name) => new(0b10, (ushort)((name[0] << 8) | name[1]));
}
