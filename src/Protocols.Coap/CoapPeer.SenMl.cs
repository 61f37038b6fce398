using Edge.Messaging;
using Edge.Messaging.Peers;
using Edge.Protocols.Coap.Codec;
using Edge.Protocols.Coap.Resources;
using Edge.Protocols.Coap.SenMl;

namespace Edge.Protocols.Coap;

/// <content>Packs of measurements, of which each record is published by itself (RFC 8428).</content>
public sealed partial class CoapPeer
{
    private bool IsSplit(CoapRequest request) =>
        Options.SenMl == SenMlPublishing.Split && request.Method != CoapCode.Delete && SenMlEncoding.Of(request.ContentFormat) is not null;

    /// <summary>Hands all records of a pack to the broker, or none when anything is wrong with the pack.</summary>
    private void PublishRecords(PendingRequest pending, TopicName topic, IPeerEffects<CoapReply> effects)
    {
        if (!TryMakeMessage(pending, topic, out var pack, out var why)
            || !TrySplit(pack, SenMlEncoding.Of(pending.Request.ContentFormat)!, out var messages, out why))
        {
            Complete(pending, Refusal(CoapCode.BadRequest, why), effects);
            return;
        }

        // Answers come in order, so this is how many Packet Identifiers are in use; they are 65,535, and other requests need theirs.
        if (_lastRequest + messages.Count - _pending[0].Number > short.MaxValue)
        {
            Complete(pending, Refusal(CoapCode.TooManyRequests, "too many records at a time") with { MaxAge = 1 }, effects);
            return;
        }

        pending.Records = new PublishedRecords(_lastRequest + 1, messages.Count);
        foreach (var message in messages)
        {
            pending.PacketId = PacketIdOf(++_lastRequest, message.Qos);
            effects.Publish(message, pending.PacketId, new CoapReply(_lastRequest));
        }
    }

    private bool TrySplit(Message pack, SenMlEncoding encoding, out List<Message> messages, out string why)
    {
        messages = [];
        if (!SenMlPack.TrySplit(encoding, pack.Payload, Options.MaxSenMlRecords, _server.Clock.GetUtcNow(), out var records, out why))
        {
            return false;
        }

        var properties = new MessageProperties { ContentType = ContentFormat.MediaTypeOf(encoding.ContentFormat) };
        foreach (var record in records)
        {
            if (!TopicName.TryParse($"{pack.Topic}/{record.Name}", out var topic))
            {
                why = "the topic is too long";
                return false;
            }

            messages.Add(pack with { Topic = topic, Payload = record.Pack, Properties = properties });
        }

        return true;
    }

    /// <summary>What a message is known by between here and the broker until it is released; 0 where it needs no exchange.</summary>
    private static ushort PacketIdOf(long number, QualityOfService qos) => qos == QualityOfService.ExactlyOnce ? (ushort)((number % ushort.MaxValue) + 1) : (ushort)0;
}
