using System.Buffers;
using Edge.Messaging;

namespace Edge.Protocols.Coap.Devices;

/// <summary>A request to the device that is not answered yet.</summary>
/// <param name="request">What was asked.</param>
/// <param name="delivery">The delivery that brought it.</param>
/// <param name="deadline">Time stamp at which nobody waits for it any more.</param>
internal sealed class DeviceExchange(DeviceRequest request, Delivery delivery, long deadline)
{
    public DeviceRequest Request => request;

    public Delivery Delivery => delivery;

    public long Deadline => deadline;

    /// <summary>Token of the message that is to be answered.</summary>
    public required byte[] Token { get; set; }

    /// <summary>Entity-tag of the answer; empty for none. All its blocks have the same.</summary>
    public byte[] ETag { get; set; } = [];

    /// <summary>Blocks of the answer that came (RFC 7959 §2.4).</summary>
    public ArrayBufferWriter<byte> Body { get; } = new();
}
