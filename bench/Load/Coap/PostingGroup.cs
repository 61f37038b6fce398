using System.Buffers.Binary;
using System.Net;
using Edge.Load.Net;

namespace Edge.Load.Coap;

/// <summary>Clients that POST to a topic each, Confirmable, with one exchange under way each (NSTART 1, RFC 7252 §4.7).</summary>
internal sealed class PostingGroup : EndPointGroup
{
    private readonly List<long> _latencies;
    private readonly int _payload;
    private readonly ConfirmableRequest[] _requests;
    private readonly int[] _left;
    private readonly int[] _sequences;
    private long _asked;
    private long _givenUp;

    internal PostingGroup(EventLoop loop, IPEndPoint server, int firstNumber, int count, int payload, List<long> latencies)
        : base(loop, server, firstNumber, count)
    {
        (_payload, _latencies) = (payload, latencies);
        _left = new int[count];
        _sequences = new int[count];
        _requests = new ConfirmableRequest[count];
        var body = new byte[payload];
        Array.Fill(body, (byte)'x');
        for (var i = 0; i < count; i++)
        {
            _requests[i] = new(MessageEncoder.Request(MessageCode.Post, $"ps/bench/{firstNumber + i}", query: null, observe: false, body));
        }
    }

    /// <summary>Requests whose response has come.</summary>
    internal long Answered { get; private set; }

    /// <summary>Requests begun.</summary>
    internal long Begun { get; private set; }

    /// <summary>True when each request that was asked for is answered or given up.</summary>
    internal bool IsDone => Answered + _givenUp == _asked;

    /// <summary>Retransmissions.</summary>
    internal long Resent { get; private set; }

    /// <summary>Lets each client publish so many messages, one after another.</summary>
    internal void Post(int messagesEach)
    {
        _asked += (long)messagesEach * _requests.Length;
        for (var i = 0; i < _requests.Length; i++)
        {
            _left[i] = messagesEach;
            Next(i);
        }

        Socket.Flush();
    }

    internal override void Retransmit()
    {
        for (var i = 0; i < _requests.Length; i++)
        {
            if (_requests[i].IsDue(out var givenUp))
            {
                Resent++;
                Send(i, _requests[i]);
            }
            else if (givenUp)
            {
                _givenUp++;
                Next(i);
            }
        }

        Socket.Flush();
    }

    protected override void OnMessage(int index, ReceivedMessage message)
    {
        if (message.Type == MessageType.Confirmable)
        {
            Acknowledge(index, message.MessageId); // A separate response (§5.2.2), or a copy of one.
        }

        if (_requests[index].TryEnd(message))
        {
            Answered++;
            _latencies.Add(TimeProvider.System.GetTimestamp() - _requests[index].FirstSent);
            Next(index);
        }
    }

    /// <summary>Begins the client's next exchange, if it has one left.</summary>
    private void Next(int index)
    {
        if (_left[index] == 0)
        {
            return;
        }

        _left[index]--;
        Begun++;
        var request = _requests[index];
        request.Begin();

        // The sequence number has the publisher in its upper half, so that one subscriber can follow all of them.
        var stamp = request.Octets.AsSpan(request.Octets.Length - _payload);
        BinaryPrimitives.WriteInt64LittleEndian(stamp, ((long)(FirstNumber + index) << 32) | (uint)_sequences[index]++);
        BinaryPrimitives.WriteInt64LittleEndian(stamp[sizeof(long)..], request.FirstSent);
        Send(index, request);
    }
}
