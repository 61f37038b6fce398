using Edge.Transports.Dtls;
using Org.BouncyCastle.Tls;

namespace Edge.Transports.Tests.Dtls;

/// <summary>Handshakes with pre-shared keys, and what is sent over them.</summary>
public sealed class DtlsLinkTests
{
    [Theory]
    [InlineData(CipherSuite.TLS_PSK_WITH_AES_128_CCM_8), InlineData(CipherSuite.TLS_PSK_WITH_AES_128_CCM), InlineData(CipherSuite.TLS_PSK_WITH_AES_128_GCM_SHA256)]
    [InlineData(CipherSuite.TLS_PSK_WITH_AES_128_CBC_SHA256), InlineData(CipherSuite.TLS_ECDHE_PSK_WITH_AES_128_GCM_SHA256)]
    [InlineData(CipherSuite.TLS_ECDHE_PSK_WITH_AES_128_CBC_SHA256)]
    public async Task Who_has_the_key_of_its_identity_is_heard_and_answered(int suite)
    {
        using var server = new EchoServer();
        using var client = new DtlsClient(server.Port);

        await client.ConnectAsync(3, suite: suite);

        Assert.Equal("hello", client.Echo("hello"));
        var datagram = Assert.Single(server.Received);
        Assert.Equal(("hello", "dev3"), (datagram.Text, datagram.Identity!.PskIdentity));
        Assert.Equal(client.EndPoint, datagram.Sender.ToEndPoint());
        Assert.Equal(new DtlsCounters(1, 0, 1, 0, 0, 0), server.Link.AssociationCounters);
        Assert.Equal((1, 1, 0), (server.Link.Counters.Received, server.Link.Counters.Sent, server.Link.Counters.SendFailures));
    }

    [Theory]
    [InlineData(0), InlineData(1), InlineData(1_400), InlineData(DtlsLink.LargestDatagram)]
    public async Task Any_size_arrives_whole(int size)
    {
        using var server = new EchoServer();
        using var client = new DtlsClient(server.Port);
        await client.ConnectAsync(1);
        var text = new string('x', size);

        Assert.Equal(text, client.Echo(text));
        Assert.Equal(text, Assert.Single(server.Received).Text);
    }

    [Fact]
    public async Task Many_at_once_are_each_heard_as_who_they_are()
    {
        using var server = new EchoServer();
        var clients = Enumerable.Range(0, 24).Select(_ => new DtlsClient(server.Port)).ToArray();
        await Task.WhenAll(clients.Select((client, i) => client.ConnectAsync(1 + (i % 9))));

        Assert.All(clients.Index(), client => Assert.Equal($"{client.Index}", client.Item.Echo($"{client.Index}")));

        Assert.Equal(24, server.Received.Select(datagram => datagram.Sender).Distinct().Count());
        Assert.All(server.Received, datagram => Assert.Equal($"dev{1 + (int.Parse(datagram.Text, null) % 9)}", datagram.Identity!.PskIdentity));
        Array.ForEach(clients, client => client.Dispose());
    }

    [Theory]
    [InlineData("dev1", "00"), InlineData("nobody", "001122334455667788990011")]
    public async Task A_wrong_key_and_an_unknown_identity_are_refused_at_once_and_alike(string identity, string key)
    {
        using var server = new EchoServer();
        using var client = new DtlsClient(server.Port);

        var alert = await Assert.ThrowsAsync<TlsFatalAlertReceived>(
            () => client.ConnectAsync(new DtlsClient.PskTerms(identity, Convert.FromHexString(key), CipherSuite.TLS_PSK_WITH_AES_128_CCM_8, false)));

        Assert.Equal(AlertDescription.decrypt_error, alert.AlertDescription);
        await server.WhenAsync(() => server.Link.AssociationCounters.Failed == 1);
        Assert.Equal($"decrypt_error(51); no such identity, or not its key: {identity}", Assert.Single(server.Failures));
        Assert.Equal(new DtlsCounters(0, 0, 0, 1, 0, 0), server.Link.AssociationCounters);
    }

    // Its threads were all waiting for a Finished that fits, and a good client waited for nine seconds.
    [Fact]
    public async Task Clients_with_a_wrong_key_hold_up_nobody()
    {
        using var server = new EchoServer(options: new DtlsLinkOptions { MaxHandshakes = 1, MaxHandshakesPerAddress = 100 });
        var wrong = Enumerable.Range(0, 15).Select(_ => new DtlsClient(server.Port)).ToArray();
        var refused = wrong.Select(client => Assert.ThrowsAnyAsync<TlsException>(() => client.ConnectAsync(1, key: [9]))).ToArray();
        using var client = new DtlsClient(server.Port);

        await client.ConnectAsync(1);

        Assert.Equal("in", client.Echo("in"));
        await Task.WhenAll(refused);
        await server.WhenAsync(() => server.Link.AssociationCounters.Failed == 15);
        Array.ForEach(wrong, one => one.Dispose());
    }

    [Fact]
    public async Task Nothing_in_common_is_told()
    {
        using var server = new EchoServer();
        using var client = new DtlsClient(server.Port);

        var alert = await Assert.ThrowsAsync<TlsFatalAlertReceived>(() => client.ConnectAsync(1, suite: CipherSuite.TLS_PSK_WITH_AES_256_CBC_SHA));

        Assert.Equal(AlertDescription.handshake_failure, alert.AlertDescription);
        await server.WhenAsync(() => server.Link.AssociationCounters is { Failed: 1, Handshakes: 0 });
    }

    [Theory]
    [InlineData(false), InlineData(true)]
    public async Task New_keys_hold_from_the_next_handshake_on_and_who_has_the_same_key_as_before_stays(bool withConnectionId)
    {
        using var server = new EchoServer();
        using var same = new DtlsClient(server.Port);
        using var late = new DtlsClient(server.Port);
        using var renewed = new DtlsClient(server.Port);
        await same.ConnectAsync(2, withConnectionId: withConnectionId);
        for (var i = 0; i < 2; i++)
        {
            Assert.True(PskTable.TryParse($"dev1:f{i}\ndev2:{Convert.ToHexString(EchoServer.KeyOf(2))}", out var keys, out _));
            server.Link.Credentials = new DtlsCredentials { Psk = keys };
            Assert.Equal("stays", same.Echo("stays"));
        }

        await Assert.ThrowsAsync<TlsFatalAlertReceived>(() => late.ConnectAsync(1));
        await renewed.ConnectAsync(1, key: [0xF1]);
        Assert.Equal(("new", "same"), (renewed.Echo("new"), same.Echo("same")));
        Assert.Equal((2, 0), (server.Link.AssociationCounters.Associations, server.Link.AssociationCounters.Revoked));
    }

    [Theory]
    [InlineData("dev2:00112233445566778899002222", false), InlineData("dev1:ff", false), InlineData("dev1:ff", true)]
    public async Task Who_came_with_a_key_that_was_taken_away_or_changed_is_told_and_heard_no_more(string file, bool withConnectionId)
    {
        using var server = new EchoServer();
        using var client = new DtlsClient(server.Port);
        await client.ConnectAsync(1, withConnectionId: withConnectionId);
        Assert.Equal("in", client.Echo("in"));
        Assert.True(PskTable.TryParse(file, out var keys, out _));
        var before = client.Arrived.Count;

        server.Link.Credentials = new DtlsCredentials { Psk = keys };
        await server.WhenAsync(() => server.Link.AssociationCounters is { Associations: 0, Revoked: 1 });
        for (var i = 0; i < 100 && client.Arrived.Count == before; i++)
        {
            Assert.Null(client.ReceiveText(100));
        }

        Assert.Equal(21, client.Arrived[before][0]); // An alert.
        client.SendRaw(client.Sent[^1]);
        await server.WhenAsync(() => server.Link.Counters.Discarded > 0);
        Assert.Single(server.Received);
    }

    [Theory]
    [InlineData(1), InlineData(2), InlineData(3), InlineData(4), InlineData(5), InlineData(6), InlineData(7), InlineData(8)]
    public async Task Datagrams_that_are_lost_doubled_or_overtaken_delay_a_handshake_and_do_not_end_it(int seed)
    {
        using var server = new EchoServer(options: new DtlsLinkOptions { RetransmitAfter = TimeSpan.FromMilliseconds(100) });
        using var client = new DtlsClient(server.Port);
        var random = new Random(seed);
        client.Outgoing = Shaken(random);
        client.Incoming = Shaken(random);

        await client.ConnectAsync(2, withConnectionId: seed % 2 == 0);

        client.Outgoing = client.Incoming = datagram => [datagram];
        client.SendText("through");
        await server.WhenAsync(() => server.Received.Any(datagram => datagram.Text == "through"));
        Assert.Equal("dev2", server.Received[^1].Identity!.PskIdentity);
        Assert.Equal((1, 1), (server.Link.AssociationCounters.Associations, server.Link.AssociationCounters.Established));
    }

    [Fact]
    public async Task A_datagram_that_comes_twice_is_heard_once_and_what_is_damaged_or_invented_is_counted_and_ends_nothing()
    {
        using var server = new EchoServer();
        using var client = new DtlsClient(server.Port);
        using var stranger = new DtlsClient(server.Port);
        await client.ConnectAsync(1);
        Assert.Equal("one", client.Echo("one"));
        var (record, before) = (client.Sent[^1], server.Link.Counters.Discarded);

        client.SendRaw(record);
        client.SendRaw([.. record[..^1], (byte)(record[^1] ^ 1)]);
        client.SendRaw([21, 254, 253, 0, 0, 0, 0, 0, 0, 0, 99, 0, 2, 2, 40]); // A fatal alert that anybody can write.
        client.SendRaw([23, 254, 253, 0, 1, 0, 0, 0, 0, 0, 99, 0, 0]); // Too short for any cipher.
        client.SendRaw([23, 254, 254, 0, 1, 0, 0, 0, 0, 0, 99, 0, 1, 7]); // Of a version that cannot be.
        client.SendRaw([.. record[..5], 0, 0, 0, 0, 0, 99, .. record[11..], 23, 254, 254, 0, 1, 0, 0, 0, 0, 0, 99, 0, 1, 7]);
        stranger.SendRaw([.. client.Sent[0][..25], 254, 254, .. client.Sent[0][27..]]); // A ClientHello of that version.
        client.SendRaw("what is this?"u8);
        client.SendRaw([]);

        await server.WhenAsync(() => server.Link.Counters.Discarded == before + 9);
        Assert.Equal("two", client.Echo("two"));
        Assert.Equal(["one", "two"], server.Received.Select(datagram => datagram.Text));
    }

    [Fact]
    public async Task Several_records_of_one_datagram_are_all_heard()
    {
        using var server = new EchoServer();
        using var client = new DtlsClient(server.Port);
        await client.ConnectAsync(1);
        client.Outgoing = _ => [];
        client.SendText("one");
        client.SendText("");
        client.SendText("three");

        client.SendRaw([.. client.Sent[^3], .. client.Sent[^2], .. client.Sent[^1]]);

        await server.WhenAsync(() => server.Received.Length == 3);
        Assert.Equal(["one", "", "three"], server.Received.Select(datagram => datagram.Text));
    }

    [Fact]
    public async Task When_the_client_says_good_bye_its_association_is_over()
    {
        using var server = new EchoServer();
        using var client = new DtlsClient(server.Port);
        await client.ConnectAsync(1);
        client.Echo("one");
        var address = server.Received[0].Sender;

        client.GoodBye();

        await server.WhenAsync(() => server.Link.AssociationCounters.Associations == 0);
        await server.OnLoopAsync(link =>
        {
            Assert.Null(link.IdentityOf(address));
            link.Enqueue(address, 3);
        });
        Assert.Equal(1, server.Link.Counters.SendFailures);
    }

    [Fact]
    public async Task Clients_are_told_when_the_link_closes()
    {
        var server = new EchoServer();
        using var client = new DtlsClient(server.Port);
        await client.ConnectAsync(1);
        client.Echo("one");

        server.Dispose();

        Assert.Null(client.ReceiveText(1_000));
        Assert.Equal(21, client.Arrived[^1][0]); // Alert.
    }

    // RFC 6347 §4.2.8
    [Fact]
    public async Task A_client_that_was_started_anew_on_its_old_port_is_heard_and_is_somebody_else()
    {
        using var server = new EchoServer();
        var first = new DtlsClient(server.Port);
        await first.ConnectAsync(1);
        Assert.Equal("first", first.Echo("first"));
        var port = first.EndPoint.Port;
        first.Dispose();
        using var second = new DtlsClient(server.Port, port);

        await second.ConnectAsync(2);

        Assert.Equal("second", second.Echo("second"));
        var (former, now) = (server.Received[0], server.Received[1]);
        Assert.Equal(former.Sender.ToEndPoint(), now.Sender.ToEndPoint());
        Assert.NotEqual(former.Sender, now.Sender);
        Assert.Equal("dev2", now.Identity!.PskIdentity);
        await server.OnLoopAsync(link => Assert.Null(link.IdentityOf(former.Sender)));
        Assert.Equal(1, server.Link.AssociationCounters.Associations);
    }

    [Fact]
    public async Task An_association_stays_until_who_comes_from_its_address_has_proved_who_it_is()
    {
        using var server = new EchoServer();
        using var client = new DtlsClient(server.Port);
        await client.ConnectAsync(1);
        using var liar = new DtlsClient(client);
        await Assert.ThrowsAsync<TlsFatalAlertReceived>(() => liar.ConnectAsync(2, key: [1]));

        Assert.Equal("still here", client.Echo("still here"));
        await server.WhenAsync(() => server.Link.AssociationCounters is { Associations: 1, Failed: 1, Handshakes: 0 });
    }

    private static Func<byte[], IEnumerable<byte[]>> Shaken(Random random)
    {
        byte[]? held = null;
        return datagram =>
        {
            lock (random)
            {
                switch (random.Next(6))
                {
                    case 0:
                        return [];
                    case 1:
                        return [datagram, datagram];
                    case 2 when held is null:
                        held = datagram;
                        return [];
                    default:
                        byte[][] both = held is null ? [datagram] : [datagram, held];
                        held = null;
                        return both;
                }
            }
        };
    }
}
