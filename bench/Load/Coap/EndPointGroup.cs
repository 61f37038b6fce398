using System.Net;
using Edge.Load.Net;

namespace Edge.Load.Coap;

/// <summary>Up to 256 CoAP end points, each with an address of its own, behind one socket.</summary>
internal abstract class EndPointGroup : IReadyHandler, IDisposable
{
    /// <summary>Most end points of one group: as many as one system call serves.</summary>
    internal const int MostEndPoints = ManyAddressSocket.BatchSize;

    private readonly EventLoop _loop;
    private readonly int _slot;
    private readonly int _count;

    protected EndPointGroup(EventLoop loop, IPEndPoint server, int firstNumber, int count)
    {
        _loop = loop;
        _count = count;
        FirstNumber = firstNumber;
        Socket = new ManyAddressSocket(server);
        _slot = loop.Add(Socket.Descriptor, this);
    }

    protected ManyAddressSocket Socket { get; }

    /// <summary>Number of the first end point, which is part of its address; 1 and up.</summary>
    protected int FirstNumber { get; }

    public void OnReadable()
    {
        var count = Socket.Receive();
        for (var i = 0; i < count; i++)
        {
            var datagram = Socket.Received(i, out var number);
            var index = number - FirstNumber;
            if (index >= 0 && index < _count)
            {
                OnMessage(index, ReceivedMessage.Read(datagram));
            }
        }

        Socket.Flush();
    }

    public void OnWritable()
    {
    }

    public void Dispose()
    {
        _loop.Remove(_slot);
        Socket.Dispose();
    }

    /// <summary>Sends again what has waited too long for its answer.</summary>
    internal abstract void Retransmit();

    /// <summary>Handles a message to an end point.</summary>
    protected abstract void OnMessage(int index, ReceivedMessage message);

    /// <summary>Queues an Acknowledgement without a response.</summary>
    protected void Acknowledge(int index, ushort messageId) =>
        Socket.Queue(FirstNumber + index, MessageEncoder.WriteEmpty(Socket.Room, MessageType.Acknowledgement, messageId));

    /// <summary>Queues a request.</summary>
    protected void Send(int index, ConfirmableRequest request)
    {
        request.Octets.CopyTo(Socket.Room);
        Socket.Queue(FirstNumber + index, request.Octets.Length);
    }
}
