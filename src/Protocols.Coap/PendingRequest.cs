using Edge.Protocols.Coap.Codec;
using Edge.Protocols.Coap.Resources;
using Edge.Protocols.Coap.SenMl;

namespace Edge.Protocols.Coap;

/// <summary>A request that is not answered yet.</summary>
internal sealed class PendingRequest
{
    public required long Number { get; init; }

    public required CoapType Type { get; init; }

    public required ushort MessageId { get; init; }

    public required byte[] Token { get; init; }

    public required CoapRequest Request { get; init; }

    /// <summary>Octets of the message that it came in.</summary>
    public required int Octets { get; init; }

    /// <summary>An empty Acknowledgement was sent: the response comes in a message of its own (RFC 7252 §5.2.2).</summary>
    public bool IsAcknowledged { get; set; }

    /// <summary>What it observes, while its subscription is under way.</summary>
    public Observation? Observation { get; set; }

    /// <summary>Whether its client connects by it, and gets a token.</summary>
    public bool IsForToken { get; set; }

    /// <summary>Packet Identifier of its exchange at QoS 2 with the broker; 0 for none.</summary>
    public ushort PacketId { get; set; }

    /// <summary>Records of its pack that are published by themselves; null when it is published as it came.</summary>
    public PublishedRecords? Records { get; set; }
}
