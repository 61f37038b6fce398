using Edge.EndToEnd.Tests.Harness;

namespace Edge.EndToEnd.Tests.Faults;

/// <summary>What survives <c>kill -9</c> at any moment after the acknowledgement.</summary>
public sealed class KillTests : EndToEndTest
{
    /// <summary>CONNECT of MQTT 3.1.1, CleanSession = 0, no Keep Alive, ClientId "wire".</summary>
    private const string Connect = "10 10 0004 4D515454 04 00 0000 0004 77697265";

    private const string ConnAckNew = "20 02 00 00";
    private const string ConnAckResumed = "20 02 01 00";

    /// <summary>PUBLISH of "x" to "a/b" at QoS 2 with Packet Identifier 1.</summary>
    private const string Publish = "34 08 0003 612F62 0001 78";

    private const string PublishDup = "3C 08 0003 612F62 0001 78";
    private const string PubRec = "50 02 0001";
    private const string PubRel = "62 02 0001";
    private const string PubComp = "70 02 0001";

    [Fact]
    public async Task Whatever_was_acknowledged_waits_for_subscribers_that_are_away()
    {
        var gateway = await StartGatewayAsync();
        await using (var subscriber = new DurableMqttClient("subscriber", gateway.MqttPort, ("sensors/#", 1)))
        {
            await subscriber.StartAsync();
        }

        var publisher = Own(new DurableMqttClient("publisher", gateway.MqttPort));
        await publisher.StartAsync();
        for (var number = 1; number <= 500; number++)
        {
            await publisher.SendAsync("sensors/1", $"{number}", qos: 1);
        }

        await gateway.KillAsync();
        var acknowledged = publisher.Acknowledged.ToArray();
        await publisher.DisposeAsync();
        await gateway.StartAsync();

        await using var again = await MqttNetClient.ResumeAsync(gateway.MqttPort, "subscriber", MQTTnet.Formatter.MqttProtocolVersion.V311);
        Assert.True(again.ConnAck.IsSessionPresent);
        var received = await again.Received.WhenAsync(
            messages => messages.Count > 0 && messages[^1].Text == acknowledged[^1], "The last message that was acknowledged");
        Assert.Equal(acknowledged, received.Select(message => message.Text));
    }

    [Fact]
    public async Task Retained_messages_survive()
    {
        var gateway = await StartGatewayAsync();
        var publisher = await ConnectAsync(gateway.MqttPort, "publisher");
        await publisher.PublishAsync("state/valve", "open", 1, retain: true);
        await publisher.PublishAsync("state/pump", "on", 1, retain: true);
        await publisher.PublishAsync("state/pump", "", 1, retain: true);

        await gateway.KillAsync();
        await gateway.StartAsync();

        var subscriber = await ConnectAsync(gateway.MqttPort, "subscriber");
        await subscriber.SubscribeAsync("state/#");
        await subscriber.PublishAsync("state/end", "");
        var received = await subscriber.Received.CountAsync(2, "message");
        Assert.Equal([("state/valve", true), ("state/end", false)], received.Select(message => (message.Topic, message.Retain)));
    }

    [Fact]
    public async Task Subscriptions_survive_under_a_client_that_is_connected()
    {
        var gateway = await StartGatewayAsync();
        var subscriber = Own(new DurableMqttClient("subscriber", gateway.MqttPort, ("sensors/+", 2), ("state/#", 0)));
        await subscriber.StartAsync();

        await gateway.KillAsync();
        await gateway.StartAsync();

        // The client subscribes once only; it throws when its session is lost.
        var publisher = await ConnectAsync(gateway.MqttPort, "publisher");
        await publisher.PublishAsync("sensors/1", "21.5", 2);
        var message = await subscriber.Received.FirstAsync(_ => true, "The message after the kill");
        Assert.Equal(("sensors/1", "21.5", 2), (message.Topic, message.Text, message.Qos));
    }

    [Fact]
    public async Task A_qos_2_message_from_a_client_is_taken_once_although_it_comes_again()
    {
        var gateway = await StartGatewayAsync();
        var subscriber = Own(new DurableMqttClient("subscriber", gateway.MqttPort, ("a/#", 2)));
        await subscriber.StartAsync();
        await using (var before = await WireConversation.ConnectAsync(gateway.MqttPort))
        {
            await before.SendAsync(Connect);
            await before.ExpectAsync(ConnAckNew);
            await before.SendAsync(Publish);
            await before.ExpectAsync(PubRec);
            await gateway.KillAsync();
        }

        await gateway.StartAsync();

        await using var after = await WireConversation.ConnectAsync(gateway.MqttPort);
        await after.SendAsync(Connect);
        await after.ExpectAsync(ConnAckResumed);
        await after.SendAsync(PublishDup);
        await after.ExpectAsync(PubRec);
        await after.SendAsync(PubRel);
        await after.ExpectAsync(PubComp);
        var publisher = await ConnectAsync(gateway.MqttPort, "publisher");
        await publisher.PublishAsync("a/end", "", 2);
        var received = await subscriber.Received.WhenAsync(messages => messages.Any(message => message.Topic == "a/end"), "The end");
        Assert.Equal(["a/b", "a/end"], received.Select(message => message.Topic));
    }

    [Fact]
    public async Task A_qos_2_message_to_a_client_is_finished_and_not_sent_again()
    {
        var gateway = await StartGatewayAsync();
        await using (var before = await WireConversation.ConnectAsync(gateway.MqttPort))
        {
            await before.SendAsync(Connect);
            await before.ExpectAsync(ConnAckNew);
            await before.SendAsync("82 08 0001 0003 612F62 02"); // SUBSCRIBE to a/b at QoS 2
            await before.ExpectAsync("90 03 0001 02");
            var publisher = await ConnectAsync(gateway.MqttPort, "publisher");
            await publisher.PublishAsync("a/b", "x", 2);
            await before.ExpectAsync(Publish);
            await before.SendAsync(PubRec);
            await before.ExpectAsync(PubRel);
            await gateway.KillAsync();
        }

        await gateway.StartAsync();

        await using var after = await WireConversation.ConnectAsync(gateway.MqttPort);
        await after.SendAsync(Connect);
        await after.ExpectAsync(ConnAckResumed);
        await after.ExpectAsync(PubRel);
        await after.SendAsync(PubComp);
        await after.SendAsync("C0 00");
        await after.ExpectAsync("D0 00"); // Nothing comes between PUBREL and PINGRESP.
    }

    [Fact]
    public async Task A_client_that_is_in_doubt_gets_its_message_again_with_dup()
    {
        var gateway = await StartGatewayAsync();
        await using (var before = await WireConversation.ConnectAsync(gateway.MqttPort))
        {
            await before.SendAsync(Connect);
            await before.ExpectAsync(ConnAckNew);
            await before.SendAsync("82 08 0001 0003 612F62 02");
            await before.ExpectAsync("90 03 0001 02");
            var publisher = await ConnectAsync(gateway.MqttPort, "publisher");
            await publisher.PublishAsync("a/b", "x", 2);
            await before.ExpectAsync(Publish);
            await gateway.KillAsync();
        }

        await gateway.StartAsync();

        await using var after = await WireConversation.ConnectAsync(gateway.MqttPort);
        await after.SendAsync(Connect);
        await after.ExpectAsync(ConnAckResumed);
        await after.ExpectAsync(PublishDup);
    }

    [Fact]
    public async Task The_session_of_an_mqtt_sn_node_survives_with_its_subscriptions_and_what_waits()
    {
        var gateway = await StartGatewayAsync();
        await using (var before = new SnClient(gateway.MqttSnPort, "node"))
        {
            await before.ConnectAsync(cleanSession: false);
            await before.SubscribeAsync("commands/#", 1);
            await before.DisconnectAsync();
        }

        var publisher = await ConnectAsync(gateway.MqttPort, "publisher");
        await publisher.PublishAsync("commands/led", "on");

        await gateway.KillAsync();
        await gateway.StartAsync();

        var after = await ConnectSnAsync(gateway, "node", cleanSession: false);
        var message = await after.Received.FirstAsync(_ => true, "The message from before the kill");
        Assert.Equal(("commands/led", "on"), (message.Topic, message.Text));
    }

    [Fact]
    public async Task Delayed_messages_come_after_the_kill_in_order_on_time_and_once()
    {
        var gateway = await StartGatewayAsync();
        await using (var before = new DurableMqttClient("subscriber", gateway.MqttPort, ("later/#", 2)))
        {
            await before.StartAsync();
        }

        var publisher = Own(new DurableMqttClient("publisher", gateway.MqttPort));
        await publisher.StartAsync();
        var clock = TimeProvider.System;
        var published = clock.GetTimestamp();
        for (var number = 0; number < 100; number++)
        {
            await publisher.SendAsync($"$delayed/{(number < 50 ? 1 : 8)}/later/{number % 2}", $"{number}", qos: 1 + (number % 2));
        }

        await publisher.Acknowledged.CountAsync(100, "acknowledgement");
        await publisher.DisposeAsync();
        await gateway.KillAsync();
        await gateway.StartAsync();

        var subscriber = Own(new DurableMqttClient("subscriber", gateway.MqttPort));
        await subscriber.StartAsync();
        var first = await subscriber.Received.CountAsync(50, "message that comes first");
        Assert.Equal(Enumerable.Range(0, 50).Select(number => $"{number}"), first.Select(message => message.Text));
        await subscriber.Received.CountAsync(51, "message");
        Assert.True(clock.GetElapsedTime(published) >= TimeSpan.FromSeconds(8), "A message came too early.");
        await subscriber.Received.CountAsync(100, "message");

        // A second kill, when all of it was delivered and forgotten: nothing comes again.
        var end = await ConnectAsync(gateway.MqttPort, "end");
        await end.PublishAsync("later/flush", "", 2);
        await subscriber.Received.CountAsync(101, "message");
        await gateway.KillAsync();
        await gateway.StartAsync();
        var again = await ConnectAsync(gateway.MqttPort, "again");
        await again.PublishAsync("later/end", "", 2);
        var received = await subscriber.Received.WhenAsync(messages => messages.Any(message => message.Topic == "later/end"), "The end");

        Assert.Equal(
            Enumerable.Range(0, 100).Select(number => ($"later/{number % 2}", $"{number}", 1 + (number % 2))).Append(("later/flush", "", 2)).Append(("later/end", "", 2)),
            received.Select(message => (message.Topic, message.Text, message.Qos)));
    }
}
