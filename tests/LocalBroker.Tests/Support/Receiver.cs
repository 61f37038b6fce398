using Edge.Messaging;

namespace Edge.LocalBroker.Tests.Support;

/// <summary>A receiver that keeps to the specification: it acknowledges everything, and knows a repeated QoS 2 message by its Packet Identifier.</summary>
internal sealed class Receiver
{
    private readonly HashSet<ushort> _open = [];
    private readonly Delivery[] _room = new Delivery[16];
    private IBrokerSession _session;
    private RecordingSink? _sink;

    public Receiver(TestClient connection)
        : this(connection.Session, connection.SessionPresent) => _sink = connection.Sink;

    public Receiver(IBrokerSession session, bool present)
    {
        _session = session;
        Reconnect(session, present);
    }

    /// <summary>Payloads given to the application, in order.</summary>
    public List<string> Got { get; } = [];

    public void Reconnect(TestClient connection)
    {
        _sink = connection.Sink;
        Reconnect(connection.Session, connection.SessionPresent);
    }

    /// <summary>Goes on with a new connection to the same session.</summary>
    public void Reconnect(IBrokerSession session, bool present)
    {
        _session = session;
        if (!present)
        {
            _open.Clear();
        }
    }

    /// <summary>Takes what waits and acknowledges it. False when there was nothing.</summary>
    /// <param name="answers">How many deliveries are answered; the rest is received, but the answer is lost with the connection.</param>
    public bool Turn(int answers = int.MaxValue)
    {
        int taken;
        int? wakeUps;
        do
        {
            wakeUps = _sink?.WakeUps;
            taken = _session.Take(_room);
        }
        while (taken == 0 && _sink?.WakeUps != wakeUps);

        for (var i = 0; i < taken; i++)
        {
            var answer = Receive(_room[i]);
            if (i < answers && answer is { } acknowledgement)
            {
                _session.Acknowledge(_room[i].PacketId, acknowledgement);
            }
        }

        return taken > 0;
    }

    private Acknowledgement? Receive(in Delivery delivery)
    {
        if (delivery.Kind == DeliveryKind.Release)
        {
            _open.Remove(delivery.PacketId);
            return Acknowledgement.PubComp;
        }

        if (delivery.Qos != QualityOfService.ExactlyOnce || _open.Add(delivery.PacketId))
        {
            Got.Add(delivery.Message.Text());
        }

        return delivery.Qos switch
        {
            QualityOfService.AtLeastOnce => Acknowledgement.PubAck,
            QualityOfService.ExactlyOnce => Acknowledgement.PubRec,
            _ => null,
        };
    }
}
