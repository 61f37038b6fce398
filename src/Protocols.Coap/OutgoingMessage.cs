namespace Edge.Protocols.Coap;

/// <summary>A Confirmable message of ours that is to be acknowledged.</summary>
internal sealed class OutgoingMessage
{
    public required ushort MessageId { get; init; }

    public required byte[] Frame { get; init; }

    /// <summary>Uniform in [0, 1), for its first wait.</summary>
    public required double Draw { get; init; }

    /// <summary>What it tells of; null when it is a response.</summary>
    public Observation? Observation { get; init; }

    /// <summary>Packet Identifier of the delivery that it carries; 0 for none.</summary>
    public ushort PacketId { get; init; }

    /// <summary>Whether that delivery is at QoS 2.</summary>
    public bool IsExactlyOnce { get; init; }

    /// <summary>How often it was sent again.</summary>
    public int Attempt { get; set; }
}
