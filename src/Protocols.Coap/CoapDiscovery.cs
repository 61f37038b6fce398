using Edge.Messaging;
using Edge.Messaging.Peers;
using Edge.Protocols.Coap.Codec;
using Edge.Protocols.Coap.Resources;

namespace Edge.Protocols.Coap;

/// <summary>An end point that asks a whole group what there is (RFC 7252 §8): Non-confirmable GETs of <c>/.well-known/core</c> are answered, each after a random while; nothing else is, and no error is told.</summary>
/// <param name="random">Spreads the answers of a group.</param>
public sealed class CoapDiscovery(Random random) : IPeer<CoapReply>
{
    /// <summary>DEFAULT_LEISURE: within which the answers of a group are spread (RFC 7252 §8.2).</summary>
    private static readonly TimeSpan Leisure = TimeSpan.FromSeconds(5);

    private byte[] _answer = [];

    /// <inheritdoc/>
    public bool WantsDelivery => false;

    /// <inheritdoc/>
    public void OnFrame(ReadOnlySpan<byte> frame, IPeerEffects<CoapReply> effects)
    {
        if (!CoapMessage.TryParse(frame, out var message, out var error))
        {
            effects.Refuse(error, frame.Length);
            return;
        }

        // §8.1: who asks a group asks Non-confirmable. A copy, or a second question before the first is answered, changes nothing.
        if (_answer.Length > 0 || message.Type != CoapType.NonConfirmable || message.Code != CoapCode.Get
            || !CoapRequest.TryRead(message, out var request, out _, out _)
            || request.Path is not [".well-known", "core"]
            || (request.Accept is { } accept && accept != ContentFormat.LinkFormat)
            || WellKnownCore.Matching(request.Query) is not { Length: > 0 } found)
        {
            return; // §8.2, RFC 6690 §5: who has nothing to say is silent.
        }

        var answer = new byte[CoapMessage.HeaderSize + CoapMessage.MaxTokenLength + 8 + found.Length];
        var writer = new CoapWriter(answer, CoapType.NonConfirmable, CoapCode.Content, (ushort)random.Next(ushort.MaxValue + 1), message.Token);
        writer.WriteOption(OptionNumber.ContentFormat, ContentFormat.LinkFormat);
        writer.WritePayload(found);
        _answer = answer[..writer.Written];
        effects.Arm(PeerTimer.Progress, Leisure * random.NextDouble());
    }

    /// <inheritdoc/>
    public void OnTimer(PeerTimer timer, IPeerEffects<CoapReply> effects)
    {
        _answer.CopyTo(effects.Send(_answer.Length));
        effects.Close(publishWill: false);
    }

    /// <inheritdoc/>
    public void OnConnected(ConnectOutcome outcome, IPeerEffects<CoapReply> effects)
    {
    }

    /// <inheritdoc/>
    public void OnPublished(CoapReply reply, PublishOutcome outcome, IPeerEffects<CoapReply> effects)
    {
    }

    /// <inheritdoc/>
    public void OnReleased(CoapReply reply, bool known, IPeerEffects<CoapReply> effects)
    {
    }

    /// <inheritdoc/>
    public void OnSubscribed(CoapReply reply, ReadOnlySpan<SubscribeOutcome> outcomes, IPeerEffects<CoapReply> effects)
    {
    }

    /// <inheritdoc/>
    public void OnUnsubscribed(CoapReply reply, ReadOnlySpan<bool> existed, IPeerEffects<CoapReply> effects)
    {
    }

    /// <inheritdoc/>
    public void OnDelivery(in Delivery delivery, IPeerEffects<CoapReply> effects)
    {
    }

    /// <inheritdoc/>
    public void OnDetached(DetachReason reason, IPeerEffects<CoapReply> effects)
    {
    }
}
