using Edge.Messaging;

namespace Edge.Protocols.MqttSn;

/// <summary>What is on its way to one client, in the order it came. The objects serve again, so that a delivery costs nothing.</summary>
/// <param name="most">How many at a time; 1 and up.</param>
internal sealed class OutgoingExchanges(int most)
{
    // Those that are over stand behind those that are not.
    private OutgoingExchange[] _all = [];

    public int Count { get; private set; }

    public bool IsFull => Count == most;

    /// <summary>Whether one waits for REGACK, its own or another's. What comes after it must not overtake it.</summary>
    public bool HasRegistration => Find(Awaited.RegAck) is not null || Find(Awaited.ItsTurn) is not null;

    public OutgoingExchange this[int index] => _all[index];

    public OutgoingExchange Add(in Delivery delivery)
    {
        if (Count == _all.Length)
        {
            Array.Resize(ref _all, Math.Min(most, Math.Max(1, 2 * Count)));
        }

        var exchange = _all[Count] ??= new OutgoingExchange();
        exchange.Begin(delivery);
        Count++;
        return exchange;
    }

    public void Remove(OutgoingExchange exchange)
    {
        var index = Array.IndexOf(_all, exchange);
        Count--;
        Array.Copy(_all, index + 1, _all, index, Count - index);
        _all[Count] = exchange;
        exchange.Begin(default);
    }

    public OutgoingExchange? Find(Awaited awaited)
    {
        for (var i = 0; i < Count; i++)
        {
            if (_all[i].Awaited == awaited)
            {
                return _all[i];
            }
        }

        return null;
    }

    /// <summary>The one with a Packet Identifier for which PUBACK, PUBREC or PUBCOMP is awaited.</summary>
    public OutgoingExchange? Find(ushort packetId)
    {
        for (var i = 0; i < Count; i++)
        {
            if (_all[i] is { Awaited: Awaited.PubAck or Awaited.PubRec or Awaited.PubComp } exchange && exchange.Delivery.PacketId == packetId)
            {
                return exchange;
            }
        }

        return null;
    }

    public bool HasDue()
    {
        for (var i = 0; i < Count; i++)
        {
            if (_all[i].IsDue)
            {
                return true;
            }
        }

        return false;
    }

    public void SetAllDue()
    {
        for (var i = 0; i < Count; i++)
        {
            _all[i].IsDue = true;
        }
    }
}
