using Edge.Protocols.MqttSn.Tests.Procedures;
using Edge.Protocols.MqttSn.Topics;

namespace Edge.Protocols.MqttSn.Tests.Conversations;

/// <summary>Plays <c>tests/Conversations/mqttsn/*.txt</c> against the peer. Their form is described in the README beside them.</summary>
public sealed class ConversationTests
{
    public static TheoryData<string> Names => [.. Conversation.NamesIn(Telling.Folder)];

    [Theory, MemberData(nameof(Names))]
    public void Is_held_as_written(string name) => NewFront(Node.DefaultOptions with { GatewayId = 1 }).Tell(name);

    internal static TinyFront<MqttSnReply> NewFront(MqttSnOptions options)
    {
        var known = new KnownTopics(options);
        return new TinyFront<MqttSnReply>(address => new MqttSnPeer(options, known, address));
    }
}
