using System.Buffers;
using System.IO.Pipelines;
using Edge.Gateway.Fronts;
using Edge.Protocols.Mqtt;
using Edge.Protocols.Mqtt.Codec;

namespace Edge.Gateway.Tests.Fronts;

/// <summary>A client of MQTT 3.1.1 whose octets come and go without a network, at a loop as connections have them.</summary>
internal sealed class StreamClient
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    private readonly Pipe _toGateway = new();
    private readonly Pipe _fromGateway = new();

    private StreamClient(FrontServices services, ListenerLimits limits) => Ended = new StreamDriver<MqttReply>(
        new MqttConnection(new MqttOptions(), services.Clock, "127.0.0.1:1"), services, limits, "127.0.0.1:1",
        new PipeLink(new Transport(_toGateway.Reader, _fromGateway.Writer), () => { }), MqttFramer.TryRead, 100_000).RunAsync();

    /// <summary>Completes when the gateway has ended the connection.</summary>
    public Task Ended { get; }

    /// <summary>Connects.</summary>
    public static async Task<StreamClient> ConnectAsync(FrontServices services, ListenerLimits limits, char name, ushort keepAlive = 0)
    {
        var client = new StreamClient(services, limits);
        await client.SendAsync([0x10, 13, 0, 4, .. "MQTT"u8, 4, 2, (byte)(keepAlive >> 8), (byte)keepAlive, 0, 1, (byte)name]);
        await client.ExpectAsync([0x20, 2, 0, 0]);
        return client;
    }

    /// <summary>Publishes to <c>t</c> at QoS 1; the Packet Identifiers begin with 1.</summary>
    public async Task PublishAsync(int count, int octets = 0)
    {
        for (var packetId = 1; packetId <= count; packetId++)
        {
            await SendAsync([0x32, (byte)(5 + octets), 0, 1, (byte)'t', 0, (byte)packetId, .. new byte[octets]]);
        }
    }

    /// <summary>Subscribes to <c>t</c> at QoS 0.</summary>
    public async Task SubscribeAsync()
    {
        await SendAsync([0x82, 6, 0, 1, 0, 1, (byte)'t', 0]);
        await ExpectAsync([0x90, 3, 0, 1, 0]);
    }

    /// <summary>Waits for the PUBACK of a message.</summary>
    public Task AcknowledgedAsync(int packetId) => ExpectAsync([0x40, 2, 0, (byte)packetId]);

    /// <summary>Sends octets.</summary>
    public async Task SendAsync(byte[] octets) => await _toGateway.Writer.WriteAsync(octets, TestContext.Current.CancellationToken);

    /// <summary>Waits for octets; any others fail the test.</summary>
    public async Task ExpectAsync(byte[] octets)
    {
        var read = await _fromGateway.Reader.ReadAtLeastAsync(octets.Length, TestContext.Current.CancellationToken).AsTask().WaitAsync(Limit);
        var start = read.Buffer.Slice(0, octets.Length);
        Assert.Equal(octets, start.ToArray());
        _fromGateway.Reader.AdvanceTo(start.End);
    }

    /// <summary>Whether there is nothing to read at the moment.</summary>
    public bool HasNothing()
    {
        var has = _fromGateway.Reader.TryRead(out var read);
        if (has)
        {
            _fromGateway.Reader.AdvanceTo(read.Buffer.Start);
        }

        return !has || read.Buffer.IsEmpty;
    }

    private sealed record Transport(PipeReader Input, PipeWriter Output) : IDuplexPipe;
}
