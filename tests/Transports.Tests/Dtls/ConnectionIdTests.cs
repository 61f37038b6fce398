namespace Edge.Transports.Tests.Dtls;

/// <summary>Clients whose address changes (RFC 9146).</summary>
public sealed class ConnectionIdTests
{
    [Fact]
    public async Task A_client_with_a_Connection_ID_stays_who_it_is_wherever_it_comes_from_and_is_answered_there()
    {
        using var server = new EchoServer();
        using var client = new DtlsClient(server.Port);
        await client.ConnectAsync(1, withConnectionId: true);
        Assert.Equal("0", client.Echo("0"));

        for (var i = 1; i <= 20; i++)
        {
            client.Rebind();
            Assert.Equal($"{i}", client.Echo($"{i}"));
        }

        Assert.Single(server.Received.Select(datagram => datagram.Sender).Distinct());
        var address = server.Received[0].Sender;
        await server.OnLoopAsync(link =>
        {
            Assert.Equal(LinkAddress.From(client.EndPoint), link.WhereIs(address));
            "later"u8.CopyTo(link.Enqueue(address, 5));
        });
        Assert.Equal("later", client.ReceiveText());
        Assert.Equal((1, 1), (server.Link.AssociationCounters.Associations, server.Link.AssociationCounters.Established));
    }

    // RFC 9146 §6
    [Fact]
    public async Task An_older_record_that_somebody_sends_on_from_elsewhere_moves_nobody()
    {
        using var server = new EchoServer();
        using var client = new DtlsClient(server.Port);
        using var thief = new DtlsClient(server.Port);
        await client.ConnectAsync(1, withConnectionId: true);
        client.Outgoing = _ => [];
        client.SendText("caught");
        client.Outgoing = datagram => [datagram];
        Assert.Equal("newer", client.Echo("newer"));

        thief.SendRaw(client.Sent[^2]);
        thief.SendRaw(client.Sent[^1]);

        await server.WhenAsync(() => server.Received.Length == 2 && server.Link.Counters.Discarded >= 1);
        await server.OnLoopAsync(link => Assert.Equal(LinkAddress.From(client.EndPoint), link.WhereIs(server.Received[0].Sender)));
        Assert.Equal("caught", client.ReceiveText());
        Assert.Equal("after", client.Echo("after"));
    }

    // The stale address of one device is another's tomorrow.
    [Fact]
    public async Task Who_comes_to_the_address_that_another_has_left_inherits_nothing_and_takes_nothing()
    {
        using var server = new EchoServer();
        using var moved = new DtlsClient(server.Port);
        using var silent = new DtlsClient(server.Port);
        await moved.ConnectAsync(1, withConnectionId: true);
        await silent.ConnectAsync(2, withConnectionId: true);
        moved.Echo("moved");
        silent.Echo("silent");
        var (first, second) = (moved.EndPoint.Port, silent.EndPoint.Port);
        moved.Rebind();
        Assert.Equal("elsewhere", moved.Echo("elsewhere"));
        silent.Rebind(); // And says nothing yet.
        using var heir = new DtlsClient(server.Port, first);
        using var other = new DtlsClient(server.Port, second);

        await heir.ConnectAsync(3);
        await other.ConnectAsync(4);

        Assert.Equal(("heir", "other"), (heir.Echo("heir"), other.Echo("other")));
        Assert.Equal(("here", "here too"), (moved.Echo("here"), silent.Echo("here too")));
        var senders = server.Received.ToLookup(datagram => datagram.Identity!.PskIdentity, datagram => datagram.Sender);
        Assert.Equal(["dev1", "dev2", "dev3", "dev4"], senders.Select(sender => sender.Key).Order());
        Assert.All(senders, sender => Assert.Single(sender.Distinct()));
        Assert.Equal(4, server.Link.AssociationCounters.Associations);
    }

    [Fact]
    public async Task A_client_without_one_is_not_heard_from_elsewhere_until_it_has_proved_anew_who_it_is()
    {
        using var server = new EchoServer();
        using var client = new DtlsClient(server.Port);
        await client.ConnectAsync(1);
        Assert.Equal("here", client.Echo("here"));
        var before = server.Link.Counters.Discarded;

        client.Rebind();
        client.SendText("elsewhere");

        await server.WhenAsync(() => server.Link.Counters.Discarded == before + 1);
        await client.ConnectAsync(1);
        Assert.Equal("again", client.Echo("again"));
        Assert.Equal(["here", "again"], server.Received.Select(datagram => datagram.Text));
        Assert.NotEqual(server.Received[0].Sender, server.Received[1].Sender);
    }

    [Fact]
    public async Task A_Connection_ID_that_was_never_given_is_counted()
    {
        using var server = new EchoServer();
        using var client = new DtlsClient(server.Port);

        client.SendRaw([25, 254, 253, 0, 1, 0, 0, 0, 0, 0, 1, 1, 2, 3, 4, 5, 6, 7, 8, 0, 1, 7]);

        await server.WhenAsync(() => server.Link.Counters.Discarded == 1);
    }
}
