using Edge.Serial.Framing;
using Edge.Serial.Ports;
using Edge.Transports;
using Microsoft.Extensions.Logging;

namespace Edge.Serial;

/// <summary>Datagrams with the one node at the other end of a serial line. Whatever is sent reaches it, to whomever it is addressed.</summary>
/// <param name="name">Name of the line, which is also the node's address.</param>
/// <param name="port">The device.</param>
/// <param name="framing">How messages are told apart.</param>
/// <param name="largest">Octets of the longest message taken in or sent; 2 to 65,535.</param>
/// <param name="clock">Measures waits.</param>
/// <param name="logger">Where it speaks.</param>
public sealed class SerialLink(string name, SerialPortOptions port, SerialFraming framing, int largest, TimeProvider clock, ILogger<SerialLink> logger)
    : FramedLink(name, port, NewFramer(framing, largest), largest, overhead: 0, clock, logger)
{
    private protected override void OnFrame(ReadOnlySpan<byte> frame) => Receive(Local, frame);

    private protected override void Send(LinkAddress receiver, ReadOnlySpan<byte> datagram) => TrySend(datagram);

    private static IFramer NewFramer(SerialFraming framing, int largest) => framing switch
    {
        SerialFraming.Bare => new BareFramer(largest),
        SerialFraming.Slip => new SlipFramer(largest),
        SerialFraming.Cobs => new CobsFramer(largest),
        _ => throw new ArgumentOutOfRangeException(nameof(framing), framing, null),
    };
}
