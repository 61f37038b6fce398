using Edge.EndToEnd.Tests.Harness;

namespace Edge.EndToEnd.Tests.Listeners;

/// <summary>Plays <c>tests/Conversations/mqttsn/*.txt</c> over UDP. The form is described in the README beside them.</summary>
public sealed class SnConversationTests : EndToEndTest
{
    private static readonly GatewayConfiguration Configuration = new()
    {
        Settings = ["""mqttsn.predefined_topics = { 1 = "plant/1/temperature", 2 = "plant/1/humidity" }"""],
    };

    [Fact]
    public async Task Each_is_held_as_written() =>
        Assert.InRange(await DatagramConversation.PlayAllAsync("mqttsn", () => StartGatewayAsync(Configuration), gateway => gateway.MqttSnPort), 20, int.MaxValue);
}
