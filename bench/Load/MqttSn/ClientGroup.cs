using System.Buffers.Binary;
using System.Net;
using Edge.Load.Net;

namespace Edge.Load.MqttSn;

/// <summary>Up to 256 MQTT-SN clients behind one socket: connect, register, then publish, at QoS 1 with one message in flight each.</summary>
internal sealed class ClientGroup : IReadyHandler, IDisposable
{
    /// <summary>Most clients of one group: as many as one system call serves.</summary>
    internal const int MostClients = ManyAddressSocket.BatchSize;

    private const int RetryLimit = 3;
    private static readonly TimeSpan RetryInterval = TimeSpan.FromSeconds(1);

    private readonly EventLoop _loop;
    private readonly ManyAddressSocket _socket;
    private readonly int _slot;
    private readonly int _firstNumber;
    private readonly bool _shortTopics;
    private readonly byte[] _data;
    private readonly ClientState[] _clients;
    private readonly List<long> _latencies;
    private int _turn;

    internal ClientGroup(
        EventLoop loop, IPEndPoint server, int firstNumber, int count, LoadOptions options, bool connected, List<long> latencies)
    {
        _loop = loop;
        _socket = new ManyAddressSocket(server);
        _slot = loop.Add(_socket.Descriptor, this);
        _firstNumber = firstNumber;
        _shortTopics = options.ShortTopics || !connected;
        _latencies = latencies;
        _data = new byte[options.Payload];
        Array.Fill(_data, (byte)'x');
        _clients = new ClientState[count];
        for (var i = 0; i < count; i++)
        {
            _clients[i] = new();
            if (connected)
            {
                Begin(i, MessageType.ConnAck);
            }
            else
            {
                UseShortTopic(_clients[i]);
            }
        }

        _socket.Flush();
    }

    /// <summary>Clients that know their TopicId, and are connected if they are to be.</summary>
    internal int Ready { get; private set; }

    /// <summary>Messages acknowledged.</summary>
    internal long Acknowledged { get; private set; }

    /// <summary>Messages given up after all retries.</summary>
    internal long Lost { get; private set; }

    /// <summary>Messages sent once more for want of an answer.</summary>
    internal long Resent { get; private set; }

    /// <summary>Lets each client publish so many messages at QoS 1, one after another.</summary>
    internal void Publish(int messagesEach)
    {
        for (var i = 0; i < _clients.Length; i++)
        {
            _clients[i].Left = messagesEach;
            Next(i);
        }

        _socket.Flush();
    }

    /// <summary>Has a client that waits for nothing publish at QoS 1 what was due at a time; false when all wait for PUBACK.</summary>
    internal bool TryPublish(long due)
    {
        for (var tried = 0; tried < _clients.Length; tried++)
        {
            _turn = (_turn + 1) % _clients.Length;
            if (_clients[_turn].Awaited == 0)
            {
                Begin(_turn, MessageType.PubAck);
                _clients[_turn].FirstSent = due;
                _socket.Flush();
                return true;
            }
        }

        return false;
    }

    /// <summary>Has each client publish a few messages that nobody answers, a datagram each; how many the kernel took of all.</summary>
    /// <param name="qos">Their QoS in the Flags.</param>
    internal long PublishUnanswered(int qos)
    {
        var sentBefore = _socket.Sent;
        var (size, each) = (0, 0);
        for (var i = 0; i < _clients.Length; i++)
        {
            var room = _socket.Room;
            size = MessageEncoder.WritePublish(room, qos | TopicFlag, _clients[i].TopicId, 0, _data);
            each = room.Length / size;
            for (var copy = 1; copy < each; copy++)
            {
                room[..size].CopyTo(room[(copy * size)..]);
            }

            _socket.Queue(_firstNumber + i, each * size);
        }

        _socket.SetSegment(size);
        _socket.Flush();
        return (_socket.Sent - sentBefore) * each;
    }

    public void OnReadable()
    {
        var count = _socket.Receive();
        for (var i = 0; i < count; i++)
        {
            var datagram = _socket.Received(i, out var number);
            var client = number - _firstNumber;
            if (client >= 0 && client < _clients.Length && datagram.Length >= 2)
            {
                OnMessage(client, datagram[1], datagram[2..]);
            }
        }

        _socket.Flush();
    }

    public void OnWritable()
    {
    }

    /// <summary>Sends again what has waited too long for its answer.</summary>
    internal void Retry()
    {
        for (var i = 0; i < _clients.Length; i++)
        {
            var client = _clients[i];
            if (client.Awaited == 0 || TimeProvider.System.GetElapsedTime(client.LastSent) < RetryInterval)
            {
                continue;
            }

            if (client.Retries < RetryLimit)
            {
                client.Retries++;
                Resent++;
                Send(i);
            }
            else if (client.Awaited == MessageType.PubAck)
            {
                Lost++;
                Next(i);
            }
            else
            {
                throw new LoadException("The gateway did not answer CONNECT or REGISTER of an MQTT-SN client.");
            }
        }

        _socket.Flush();
    }

    public void Dispose()
    {
        for (var i = 0; i < _clients.Length; i++)
        {
            _socket.Queue(_firstNumber + i, MessageEncoder.WriteDisconnect(_socket.Room));
        }

        _socket.Flush();
        _loop.Remove(_slot);
        _socket.Dispose();
    }

    private void OnMessage(int index, byte type, ReadOnlySpan<byte> fields)
    {
        var client = _clients[index];
        if (type == MessageType.Disconnect)
        {
            throw new LoadException("The gateway sent DISCONNECT to an MQTT-SN client.");
        }

        if (type != client.Awaited)
        {
            return;
        }

        switch (type)
        {
            case MessageType.ConnAck when fields.Length >= 1:
                CheckReturnCode(type, fields[0]);
                if (_shortTopics)
                {
                    UseShortTopic(client);
                }
                else
                {
                    Begin(index, MessageType.RegAck);
                }

                break;
            case MessageType.RegAck when IsAnswer(client, fields):
                CheckReturnCode(type, fields[4]);
                client.TopicId = BinaryPrimitives.ReadUInt16BigEndian(fields);
                BecomeReady(client);
                break;
            case MessageType.PubAck when IsAnswer(client, fields):
                CheckReturnCode(type, fields[4]);
                Acknowledged++;
                _latencies.Add(TimeProvider.System.GetTimestamp() - client.FirstSent);
                Next(index);
                break;
        }
    }

    private int TopicFlag => _shortTopics ? MessageEncoder.ShortTopicName : 0;

    private void UseShortTopic(ClientState client)
    {
        client.TopicId = BinaryPrimitives.ReadUInt16BigEndian("ld"u8);
        BecomeReady(client);
    }

    private void BecomeReady(ClientState client)
    {
        client.Awaited = 0;
        Ready++;
    }

    /// <summary>Begins the client's next message, if it has one left.</summary>
    private void Next(int index)
    {
        var client = _clients[index];
        client.Awaited = 0;
        if (client.Left > 0)
        {
            client.Left--;
            Begin(index, MessageType.PubAck);
        }
    }

    private void Begin(int index, byte awaited)
    {
        var client = _clients[index];
        client.Awaited = awaited;
        client.MsgId = client.MsgId == ushort.MaxValue ? (ushort)1 : (ushort)(client.MsgId + 1);
        client.Retries = 0;
        client.FirstSent = TimeProvider.System.GetTimestamp();
        Send(index);
    }

    private void Send(int index)
    {
        var client = _clients[index];
        var number = _firstNumber + index;
        var room = _socket.Room;
        var length = client.Awaited switch
        {
            MessageType.ConnAck => MessageEncoder.WriteConnect(room, $"load-sn-{number}"),
            MessageType.RegAck => MessageEncoder.WriteRegister(room, client.MsgId, $"load/{number}/value"),
            _ => MessageEncoder.WritePublish(room, PublishFlags(client), client.TopicId, client.MsgId, _data),
        };
        client.LastSent = TimeProvider.System.GetTimestamp();
        _socket.Queue(number, length);
    }

    private int PublishFlags(ClientState client) => MessageEncoder.Qos1 | (client.Retries > 0 ? MessageEncoder.Dup : 0) | TopicFlag;

    private static bool IsAnswer(ClientState client, ReadOnlySpan<byte> fields) =>
        fields.Length >= 5 && BinaryPrimitives.ReadUInt16BigEndian(fields[2..]) == client.MsgId;

    private static void CheckReturnCode(byte type, byte code)
    {
        if (code != 0)
        {
            throw new LoadException($"The gateway answered MsgType 0x{type:X2} with ReturnCode 0x{code:X2}.");
        }
    }
}
