namespace Edge.Load.MqttSn;

/// <summary>Where one MQTT-SN client stands; it waits for one answer at a time.</summary>
internal sealed class ClientState
{
    /// <summary>MsgType of the answer it waits for; 0 when it waits for none.</summary>
    internal byte Awaited { get; set; }

    /// <summary>MsgId of what is under way.</summary>
    internal ushort MsgId { get; set; }

    /// <summary>TopicId it publishes to, as registered, or the two octets of its short topic name.</summary>
    internal ushort TopicId { get; set; }

    /// <summary>Messages it has yet to begin.</summary>
    internal int Left { get; set; }

    /// <summary>When what is under way was sent first.</summary>
    internal long FirstSent { get; set; }

    /// <summary>When it was sent last.</summary>
    internal long LastSent { get; set; }

    /// <summary>How often it was sent again.</summary>
    internal int Retries { get; set; }
}
