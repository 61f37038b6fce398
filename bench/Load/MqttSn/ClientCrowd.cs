using System.Net;
using System.Net.Sockets;
using Edge.Load.Net;

namespace Edge.Load.MqttSn;

/// <summary>Any number of MQTT-SN clients, in groups that share a socket.</summary>
internal sealed class ClientCrowd : IDisposable
{
    private const int MostClients = 16_384;
    private static readonly TimeSpan SetUpLimit = TimeSpan.FromSeconds(30);

    private readonly EventLoop _loop;
    private readonly LoadTarget _target;
    private readonly LoadOptions _options;
    private readonly List<ClientGroup> _groups = [];
    private readonly Metronome _retries;
    private int _turn;

    internal ClientCrowd(EventLoop loop, LoadTarget target, LoadOptions options)
    {
        if (target.Server.AddressFamily != AddressFamily.InterNetwork || !IPAddress.IsLoopback(target.Server.Address))
        {
            throw new LoadException("MQTT-SN clients have addresses 127.1.x.y, so the gateway must listen on 127.0.0.1.");
        }

        if (options.Payload > ManyAddressSocket.DatagramSize - MessageEncoder.PublishOverhead)
        {
            throw new LoadException("The payload of MQTT-SN has to fit in 2,048 octets with its header.");
        }

        _loop = loop;
        _target = target;
        _options = options;
        _retries = new Metronome(loop, 20, _ => _groups.ForEach(group => group.Retry()));
    }

    /// <summary>Times from PUBLISH to PUBACK, in time stamp ticks.</summary>
    internal List<long> Latencies { get; } = [];

    /// <summary>Messages acknowledged.</summary>
    internal long Acknowledged => _groups.Sum(group => group.Acknowledged);

    /// <summary>Messages given up after all retries.</summary>
    internal long Lost => _groups.Sum(group => group.Lost);

    /// <summary>Messages sent once more for want of an answer.</summary>
    internal long Resent => _groups.Sum(group => group.Resent);

    /// <summary>Connects and registers clients, a group at a time; or has them publish without a connection.</summary>
    internal void Gather(int clients, bool connected = true)
    {
        if (clients > MostClients)
        {
            throw new LoadException($"At most {MostClients} MQTT-SN clients.");
        }

        for (var first = 0; first < clients; first += ClientGroup.MostClients)
        {
            var count = Math.Min(ClientGroup.MostClients, clients - first);
            var group = new ClientGroup(_loop, _target.Server, first + 1, count, _options, connected, Latencies);
            _groups.Add(group);
            if (!_loop.RunUntil(() => group.Ready == count, SetUpLimit))
            {
                throw new LoadException("Not all MQTT-SN clients were connected and registered in time.");
            }
        }
    }

    /// <summary>Lets each client publish so many messages at QoS 1, one after another.</summary>
    internal void Publish(int messagesEach) => _groups.ForEach(group => group.Publish(messagesEach));

    /// <summary>Has a client that waits for nothing publish at QoS 1 what was due at a time; false when all wait for PUBACK.</summary>
    internal bool TryPublish(long due)
    {
        for (var tried = 0; tried < _groups.Count; tried++)
        {
            _turn = (_turn + 1) % _groups.Count;
            if (_groups[_turn].TryPublish(due))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Has each client publish a few messages that nobody answers, a datagram each; how many the kernel took of all.</summary>
    /// <param name="qos">Their QoS in the Flags.</param>
    internal long PublishUnanswered(int qos) => _groups.Sum(group => group.PublishUnanswered(qos));

    public void Dispose()
    {
        _retries.Dispose();
        _groups.ForEach(group => group.Dispose());
    }
}
