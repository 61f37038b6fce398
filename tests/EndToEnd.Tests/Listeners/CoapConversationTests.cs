using Edge.EndToEnd.Tests.Harness;

namespace Edge.EndToEnd.Tests.Listeners;

/// <summary>Plays <c>tests/Conversations/coap/*.txt</c> over UDP. The form is described in the README beside them.</summary>
public sealed class CoapConversationTests : EndToEndTest
{
    private static readonly GatewayConfiguration Configuration = new() { Settings = ["coap.max_observations = 3"] };

    [Fact]
    public async Task Each_is_held_as_written() =>
        Assert.InRange(await DatagramConversation.PlayAllAsync("coap", () => StartGatewayAsync(Configuration), gateway => gateway.CoapPort), 25, int.MaxValue);
}
