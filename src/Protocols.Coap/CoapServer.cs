using Edge.Protocols.Coap.Codec;
using Edge.Protocols.Coap.Resources;
using Edge.Protocols.Coap.Transfer;

namespace Edge.Protocols.Coap;

/// <summary>What the end points of one front share: settings, who is connected by a token, how much their bodies may hold. For the front's loop.</summary>
/// <param name="options">Settings of the gateway.</param>
/// <param name="bodies">Room for bodies in blocks, shared with other fronts.</param>
/// <param name="clock">Turns an expiry into an instant, and orders notifications.</param>
/// <param name="random">Spreads waits and Message IDs.</param>
public sealed class CoapServer(CoapOptions options, BodyBudget bodies, TimeProvider clock, Random random)
{
    internal CoapOptions Options => options;

    internal BodyBudget Bodies => bodies;

    internal TimeProvider Clock => clock;

    internal Random Random => random;

    internal ConnectedClients Clients { get; } = new(clock);

    /// <summary>An end point that has not been heard before.</summary>
    /// <param name="address">Where it is, for logs and rules, such as <c>192.0.2.7:50123</c>.</param>
    /// <param name="isProven">Whether it is known to receive at its address, so that nobody can have the gateway flood another by it.</param>
    public CoapPeer NewPeer(string address, bool isProven) => new(this, address, isProven);

    /// <summary>The end point whose token a datagram shows, wherever it was before: a client in connection mode may come from another address at any time.</summary>
    /// <returns>Null when it shows none, or none that is right.</returns>
    public CoapPeer? Find(ReadOnlySpan<byte> datagram) =>
        CoapMessage.TryParse(datagram, out var message, out _) && message.Code.IsRequest && CoapRequest.TryReadToken(message, out var clientId, out var token)
            ? Clients.Find(clientId, token)
            : null;
}
