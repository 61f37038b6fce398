using Edge.Messaging;

namespace Edge.Protocols.MqttSn;

/// <summary>A message on its way to the client.</summary>
internal sealed class OutgoingExchange
{
    /// <summary>What is to be delivered.</summary>
    public Delivery Delivery { get; set; }

    /// <summary>What must come from the client next.</summary>
    public Awaited Awaited { get; set; }

    /// <summary>How often it was sent again.</summary>
    public int Attempts { get; set; }

    /// <summary>The client did not know the topic id, and was told it once more.</summary>
    public bool WasRegisteredAgain { get; set; }

    /// <summary>It was there when the timer was armed, and nothing has come since: it is sent again when the timer rings.</summary>
    public bool IsDue { get; set; }

    public void Begin(in Delivery delivery) => (Delivery, Awaited, Attempts, WasRegisteredAgain, IsDue) = (delivery, Awaited.Nothing, 0, false, false);
}

/// <summary>What must come from the client before an exchange can go on.</summary>
internal enum Awaited : byte
{
    Nothing,

    /// <summary>Another REGISTER is under way, or more must come from the address before so much goes there.</summary>
    ItsTurn,
    RegAck,
    PubAck,
    PubRec,
    PubComp,
}
