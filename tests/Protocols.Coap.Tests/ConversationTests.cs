using Edge.Protocols.Coap.Reliability;
using Edge.Protocols.Coap.Transfer;
using Microsoft.Extensions.Time.Testing;

namespace Edge.Protocols.Coap.Tests;

/// <summary>Plays <c>tests/Conversations/coap/*.txt</c> against the peer. Their form is described in the README beside them.</summary>
public sealed class ConversationTests
{
    /// <summary>First waits are not spread, so that a conversation can name the moment.</summary>
    private static readonly CoapOptions Options = new() { Transmission = new CoapTransmission { AckRandomFactor = 1 }, MaxObservations = 3 };

    public static TheoryData<string> Names => [.. Conversation.NamesIn(Telling.Folder)];

    [Theory, MemberData(nameof(Names))]
    public void Is_held_as_written(string name)
    {
        var server = new CoapServer(Options, new BodyBudget(Options.MaxBlockBytesTotal), new FakeTimeProvider(), new Random(1));
        new TinyFront<CoapReply>(address => server.NewPeer(address, isProven: true)).Tell(name);
    }
}
