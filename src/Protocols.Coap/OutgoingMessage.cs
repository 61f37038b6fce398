using Edge.Messaging;
using Edge.Protocols.Coap.Devices;

namespace Edge.Protocols.Coap;

/// <summary>A Confirmable message of ours that is to be acknowledged: a response, a notification, a request to the device, or a CoAP ping.</summary>
internal sealed class OutgoingMessage
{
    public required ushort MessageId { get; set; }

    public required byte[] Frame { get; set; }

    /// <summary>Uniform in [0, 1), for its first wait.</summary>
    public required double Draw { get; init; }

    /// <summary>What it tells of; null when it is no notification.</summary>
    public Observation? Observation { get; init; }

    /// <summary>The delivery that it carries; its Packet Identifier is 0 at QoS 0, and when it is no notification.</summary>
    public Delivery Delivery { get; set; }

    /// <summary>The request to the device that it is; null when it is none.</summary>
    public DeviceExchange? Exchange { get; init; }

    /// <summary>How often it was sent again.</summary>
    public int Attempt { get; set; }

    /// <summary>
    /// Message ID by which an older value was sent that this one has replaced before it was acknowledged (RFC 7641 §4.5.2); null when this one was sent itself,
    /// or nothing was.
    /// </summary>
    public ushort? ReplacedMessageId { get; set; }
}
