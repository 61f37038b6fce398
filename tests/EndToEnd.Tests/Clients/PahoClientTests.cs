using Edge.EndToEnd.Tests.Harness;

namespace Edge.EndToEnd.Tests.Clients;

/// <summary>The Python client of Eclipse Paho.</summary>
public sealed class PahoClientTests : EndToEndTest
{
    public static TheoryData<string> Versions => ["3.1.1", "5.0"];

    [Theory, MemberData(nameof(Versions))]
    public async Task Messages_of_every_qos_and_size_arrive_as_they_were_sent(string version)
    {
        var said = await RunAsync("exchange.py", version);

        Assert.Equal(
            [
                """{"topic": "plant/0", "text": "at 0", "qos": 0, "retain": false}""",
                """{"topic": "plant/1", "text": "at 1", "qos": 1, "retain": false}""",
                """{"topic": "plant/2", "text": "at 2", "qos": 2, "retain": false}""",
                """{"topic": "plant/large", "octets": 200000, "same": true}""",
            ],
            said);
    }

    [Theory, MemberData(nameof(Versions))]
    public async Task A_retained_message_stays_until_an_empty_one_clears_it(string version)
    {
        var said = await RunAsync("retained.py", version);

        Assert.Equal(
            ["""{"topic": "state/valve", "text": "open", "retain": true}""", """{"topic": "state/end", "text": "", "retain": false}"""],
            said);
    }

    [Theory, MemberData(nameof(Versions))]
    public async Task A_will_speaks_for_who_vanished_and_not_for_who_said_good_bye(string version)
    {
        var said = await RunAsync("will.py", version);

        Assert.Equal(["""{"topic": "wills/lost", "text": "gone", "qos": 2}""", """{"topic": "wills/end"}"""], said);
    }

    [Theory, MemberData(nameof(Versions))]
    public async Task A_session_keeps_what_came_while_its_client_was_away(string version)
    {
        var said = await RunAsync("persistent_session.py", version);

        Assert.Equal(
            [
                """{"session_present": false}""",
                """{"session_present": true}""",
                $$"""{"qos": 1, "numbers": [{{string.Join(", ", Enumerable.Range(1, 50).Select(n => 2 * n))}}]}""",
                $$"""{"qos": 2, "numbers": [{{string.Join(", ", Enumerable.Range(1, 50).Select(n => (2 * n) - 1))}}]}""",
            ],
            said);
    }

    private async Task<string[]> RunAsync(string script, string version)
    {
        var gateway = await StartGatewayAsync();
        return await PahoScript.RunAsync(script, gateway.MqttPort, version);
    }
}
