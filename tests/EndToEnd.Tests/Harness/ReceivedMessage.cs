using System.Text;

namespace Edge.EndToEnd.Tests.Harness;

/// <summary>An application message as a client received it.</summary>
internal sealed record ReceivedMessage(string Topic, byte[] Payload, int Qos, bool Retain)
{
    /// <summary>The payload as text.</summary>
    public string Text => Encoding.UTF8.GetString(Payload);

    /// <inheritdoc/>
    public override string ToString() => $"{Topic} = {(Payload.Length <= 40 ? Text : $"{Payload.Length} octets")} (QoS {Qos}{(Retain ? ", retained" : "")})";
}
