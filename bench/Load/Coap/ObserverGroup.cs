using System.Buffers.Binary;
using System.Net;
using Edge.Load.Mqtt;
using Edge.Load.Net;

namespace Edge.Load.Coap;

/// <summary>Clients that observe one topic each, and keep count of its stamped messages (RFC 7641).</summary>
internal sealed class ObserverGroup : EndPointGroup
{
    private readonly ConfirmableRequest[] _requests;
    private readonly long[] _next;

    /// <param name="loop">Where it is served.</param>
    /// <param name="server">Where the gateway listens.</param>
    /// <param name="firstNumber">Number of the first observer.</param>
    /// <param name="count">How many there are.</param>
    /// <param name="topic">What they observe.</param>
    /// <param name="query">One argument of the query; null for none.</param>
    internal ObserverGroup(EventLoop loop, IPEndPoint server, int firstNumber, int count, string topic, string? query)
        : base(loop, server, firstNumber, count)
    {
        _next = new long[count];
        _requests = new ConfirmableRequest[count];
        for (var i = 0; i < count; i++)
        {
            _requests[i] = new(MessageEncoder.Request(MessageCode.Get, $"ps/{topic}", query, observe: true, payload: []));
            _requests[i].Begin();
            Send(i, _requests[i]);
        }

        Socket.Flush();
    }

    /// <summary>Observers whose observation is established.</summary>
    internal int Ready { get; private set; }

    /// <summary>Different notifications that arrived in order; one that was skipped is lost, even if it comes later.</summary>
    internal long Received { get; private set; }

    /// <summary>Notifications that arrived once more, or after a later one.</summary>
    internal long Repeated { get; private set; }

    /// <summary>Notifications that were Confirmable.</summary>
    internal long Confirmable { get; private set; }

    internal override void Retransmit()
    {
        for (var i = 0; i < _requests.Length; i++)
        {
            if (_requests[i].IsDue(out var givenUp))
            {
                Send(i, _requests[i]);
            }
            else if (givenUp)
            {
                throw new LoadException("The server did not answer a request to observe.");
            }
        }

        Socket.Flush();
    }

    protected override void OnMessage(int index, ReceivedMessage message)
    {
        if (message.Type == MessageType.Confirmable)
        {
            Acknowledge(index, message.MessageId);
        }

        if (_requests[index].IsUnderWay)
        {
            if (_requests[index].TryEnd(message))
            {
                Ready += message.IsNotification ? 1 : throw new LoadException("The server answered a request to observe without Observe.");
            }
        }
        else if (message.IsNotification && message.Token == _requests[index].Token)
        {
            OnNotification(index, message);
        }
        else
        {
            throw new LoadException($"The server sent {MessageCode.Text(message.Code)} to an observer, which is no notification.");
        }
    }

    private void OnNotification(int index, ReceivedMessage message)
    {
        if (message.Code != MessageCode.Content || message.Payload.Length < PublishTemplate.StampSize)
        {
            throw new LoadException($"The server sent a notification {MessageCode.Text(message.Code)} with {message.Payload.Length} octets.");
        }

        var sequence = BinaryPrimitives.ReadInt64LittleEndian(message.Payload);
        if (sequence < _next[index])
        {
            Repeated++;
            return;
        }

        _next[index] = sequence + 1;
        Received++;
        Confirmable += message.Type == MessageType.Confirmable ? 1 : 0;
    }
}
