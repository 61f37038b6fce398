using System.Net;
using System.Net.Sockets;
using Edge.Load.MqttSn;
using Edge.Load.Reporting;
using Edge.Load.Scenarios;

namespace Edge.Load.Servers;

/// <summary>The Paho MQTT-SN gateway for UDP in front of a mosquitto, on free loopback ports.</summary>
/// <param name="program">Its executable.</param>
/// <param name="mosquitto">The broker behind it.</param>
/// <param name="directory">Where its configuration is written.</param>
internal sealed class PahoGateway(string program, Mosquitto mosquitto, string directory) : IServerKind
{
    public string Name => "Paho gateway";

    /// <inheritdoc/>
    public LoadResult Measure(Scenario scenario, LoadOptions options)
    {
        var broker = FreePort.Tcp();
        var mqttSn = FreePort.Udp();
        using var behind = mosquitto.Start(broker);
        var configuration = Path.Combine(directory, $"paho-{mqttSn.Port}.conf");
        File.WriteAllText(configuration, Configuration(broker, mqttSn, FreePort.Udp()));

        // It writes a line for each message to standard output, which is spared it.
        using var server = ServerProcess.StartStubborn(
            "/bin/sh", ["-c", "exec \"$0\" \"$@\" > /dev/null", program, "-f", configuration], () => Answers(mqttSn));
        return scenario.Run(new LoadTarget(mqttSn, server.ProcessId) { Mqtt = broker }, options);
    }

    /// <summary>Its defaults, but for the clients, of which it takes 30.</summary>
    private static string Configuration(IPEndPoint broker, IPEndPoint mqttSn, IPEndPoint multicast) => $"""
        GatewayID=1
        GatewayName=PahoGateway
        MaxNumberOfClients=2000
        KeepAlive=60
        BrokerName={broker.Address}
        BrokerPortNo={broker.Port}
        BrokerSecurePortNo=8883
        AggregatingGateway=NO
        QoS-1=NO
        Forwarder=NO
        PredefinedTopic=NO
        ClientAuthentication=NO
        GatewayPortNo={mqttSn.Port}
        MulticastPortNo={multicast.Port}
        MulticastIP=225.1.1.1
        MulticastTTL=1
        ShearedMemory=NO

        """;

    /// <summary>Connects a client, and lets it go again.</summary>
    private static bool Answers(IPEndPoint mqttSn)
    {
        Span<byte> datagram = stackalloc byte[64];
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp) { ReceiveTimeout = 500 };
        try
        {
            socket.Connect(mqttSn);
            socket.Send(datagram[..MessageEncoder.WriteConnect(datagram, "load-probe")]);
            var answers = socket.Receive(datagram) >= 2 && datagram[1] == MessageType.ConnAck;
            socket.Send(datagram[..MessageEncoder.WriteDisconnect(datagram)]);
            return answers;
        }
        catch (SocketException)
        {
            return false; // Nobody listens yet, or nobody answered.
        }
    }
}
