using Edge.Messaging;
using Edge.Messaging.Peers;
using Edge.Protocols.Mqtt.Codec;

namespace Edge.Protocols.Mqtt.Upstream;

/// <summary>Upstream answers a PUBLISH with a Reason Code of 0x80 or more (MQTT 5.0 §3.4.2.1, §3.5.2.1): keep the message, or give it up?</summary>
/// <remarks>
/// <list type="table">
/// <item><term>not permitted, bad topic, bad payload</term><description>Will never be taken: given up at once.</description></item>
/// <item><term>quota exceeded, identifier in use</term><description>Says nothing against the message: sent again until it is taken, and
/// nothing else meanwhile.</description></item>
/// <item><term>unspecified, implementation specific</term><description>May be either. Sent again; given up when it is refused again although
/// upstream took others in between, so that one bad message never holds up the rest.</description></item>
/// </list>
/// The exchange is over by the refusal, so a message goes out anew under its Packet Identifier, without DUP.
/// </remarks>
public sealed partial class MqttUpstream
{
    private static readonly TimeSpan ShortestPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(1);

    private readonly List<Delivery> _postponed = [];
    private readonly Dictionary<ushort, long> _refusedBefore = [];
    private TimeSpan _pause = ShortestPause;
    private bool _isPaused;
    private long _taken;

    private void OnTaken(ushort packetId)
    {
        _taken++;
        _pause = ShortestPause;
        if (_refusedBefore.Count > 0)
        {
            _refusedBefore.Remove(packetId);
        }
    }

    private void OnRefused(in Delivery delivery, ReasonCode reason, IUpstreamEffects effects)
    {
        var isTheMessages = reason is ReasonCode.NotAuthorized or ReasonCode.TopicNameInvalid or ReasonCode.PayloadFormatInvalid;
        var isUpstreams = reason is ReasonCode.QuotaExceeded or ReasonCode.PacketIdentifierInUse;
        var othersWereTaken = _refusedBefore.TryGetValue(delivery.PacketId, out var takenThen) && _taken > takenThen;
        if (isTheMessages || (othersWereTaken && !isUpstreams))
        {
            _refusedBefore.Remove(delivery.PacketId);
            effects.Discard(delivery, DropCause.Refused, reason);
            return;
        }

        _refusedBefore.TryAdd(delivery.PacketId, _taken);
        if (_postponed.Count == 0)
        {
            effects.Arm(PeerTimer.Retry, _pause);
            _pause = _pause * 2 < LongestPause ? _pause * 2 : LongestPause;
        }

        _postponed.Add(delivery with { Dup = false });
        _isPaused |= isUpstreams;
        effects.Postponed(delivery, reason);
    }

    private void SendPostponed(IUpstreamEffects effects)
    {
        var again = _postponed.ToArray();
        _postponed.Clear();
        _isPaused = false;
        foreach (var delivery in again)
        {
            if (delivery.Message!.ExpiresAt is { } expiry && expiry <= clock.GetUtcNow())
            {
                _refusedBefore.Remove(delivery.PacketId);
                effects.Discard(delivery, DropCause.Expired, ReasonCode.Success);
            }
            else
            {
                SendPublish(delivery, effects);
            }
        }

        SendHeld(effects);
    }
}
