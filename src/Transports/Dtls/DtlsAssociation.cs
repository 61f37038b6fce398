using Org.BouncyCastle.Tls;

namespace Edge.Transports.Dtls;

/// <summary>One client, from its handshake on. It is what the library receives from and sends to.</summary>
/// <remarks>While the handshake goes on it belongs to a thread of the pool, which waits for datagrams; from <see cref="TryEstablish"/> on to the link's loop, which never waits.</remarks>
internal sealed class DtlsAssociation : DatagramTransport
{
    /// <summary>Datagrams of a handshake that its thread has not looked at yet. A flight of a client has a few.</summary>
    private const int MaxWaiting = 32;
    private const int LongestShown = 100;

    /// <summary>Says that there is nothing more to receive, without the wait of a millisecond that a plain «nothing» would cost.</summary>
    private static readonly TlsFatalAlert Nothing = new(AlertDescription.bad_record_mac);

    private readonly DtlsLink _link;
    private readonly DtlsServer _server;
    private readonly byte[] _clientRandom;
    private readonly DtlsRecordCallback _onAuthentic;

    // Between the loop and the handshake's thread; gone once the handshake is over, as is the request.
    private DatagramMailbox? _waiting = new(MaxWaiting);
    private DtlsRequest? _request;

    // Of the handshake's thread.
    private byte[] _handedOver = [];
    private bool _hasChangedCipher;
    private DtlsTransport? _result;

    // Of the loop.
    private DtlsTransport? _transport;
    private ReadOnlyMemory<byte> _datagram;
    private LinkAddress _sender;
    private bool _isAuthentic;

    /// <param name="link">Whose it is.</param>
    /// <param name="endPoint">Where the client is.</param>
    /// <param name="server">Our terms.</param>
    /// <param name="request">The ClientHello with a right cookie.</param>
    /// <param name="clientRandom">What the client drew for it.</param>
    public DtlsAssociation(DtlsLink link, LinkAddress endPoint, DtlsServer server, DtlsRequest request, ReadOnlySpan<byte> clientRandom)
    {
        (_link, _server, _request, EndPoint, Network) = (link, server, request, endPoint, endPoint.Network);
        _clientRandom = clientRandom.ToArray();
        _onAuthentic = OnAuthentic;
    }

    /// <summary>Where the client is now.</summary>
    public LinkAddress EndPoint { get; private set; }

    /// <summary>Where it was when it came, for limits.</summary>
    public LinkAddress Network { get; }

    /// <summary>What it is called outside; set when it is established.</summary>
    public LinkAddress Address { get; set; }

    /// <summary>When something authentic came last.</summary>
    public long HeardAt { get; set; }

    /// <summary>Whether it is over.</summary>
    public bool IsClosed { get; private set; }

    /// <summary>Why the handshake failed.</summary>
    public string Failure { get; private set; } = "";

    public DtlsIdentity Identity => _server.Identity;

    public ulong? ConnectionId => _server.ConnectionId;

    /// <summary>Whether the client is still known by the key that it came with.</summary>
    public bool MayStay(DtlsCredentials now) => _server.MayStay(now);

    /// <summary>Whether a ClientHello is the one that this began with, once more.</summary>
    public bool BeganWith(in DtlsRecord clientHello) => clientHello.ClientRandom.SequenceEqual(_clientRandom);

    /// <summary>Goes through the handshake, and waits where it must. On a thread of the pool.</summary>
    public void Handshake()
    {
        try
        {
            _result = new DtlsServerProtocol().Accept(_server, this, _request);
        }
        catch (Exception fault)
        {
            // Whatever it is: it ends this handshake, and not the process.
            Failure = fault.Message;
        }
        finally
        {
            _link.Post(this, null);
        }
    }

    /// <summary>Hands a datagram to the handshake.</summary>
    /// <returns>False when it has too many, or there is no record in it.</returns>
    public bool TryOffer(ReadOnlySpan<byte> datagram) =>
        DtlsRecord.SizeOfAll(datagram, ConnectionId is not null) is > 0 and var size && _waiting!.TryAdd(datagram[..size]);

    /// <summary>Ends the handshake, wherever it is.</summary>
    public void Abort() => _waiting!.Close();

    /// <summary>Takes over from the handshake's thread, which is done.</summary>
    /// <returns>False when the handshake failed.</returns>
    public bool TryEstablish()
    {
        _transport = _result;
        return _transport is not null;
    }

    /// <summary>What came too late for the handshake, which is over.</summary>
    public byte[][] TakeWaiting()
    {
        var waiting = _waiting!.TakeAll();
        (_waiting, _request) = (null, null);
        return waiting;
    }

    /// <summary>Decrypts what a datagram holds.</summary>
    /// <param name="sender">Where it came from.</param>
    /// <param name="datagram">The datagram.</param>
    /// <param name="batch">Gets what was in it.</param>
    /// <returns>False when nothing in it was authentic and new.</returns>
    public bool Decrypt(LinkAddress sender, ReadOnlyMemory<byte> datagram, DecryptedBatch batch)
    {
        (_sender, _datagram, _isAuthentic) = (sender, datagram, false);
        try
        {
            var size = _transport!.Receive(batch.Room(datagram.Length), 1, _onAuthentic);
            while (size >= 0)
            {
                batch.Add(Address, size);
                size = _transport.ReceivePending(batch.Room(datagram.Length), _onAuthentic);
            }
        }
        catch (IOException)
        {
            // The client has said that something is wrong, and is gone.
            IsClosed = true;
        }

        _datagram = default;
        return _isAuthentic;
    }

    /// <summary>Encrypts a datagram and sends it.</summary>
    public bool TrySend(ReadOnlySpan<byte> datagram)
    {
        try
        {
            if (!IsClosed)
            {
                _transport!.Send(datagram);
                return true;
            }
        }
        catch (IOException)
        {
            IsClosed = true;
        }

        return false;
    }

    /// <summary>Tells the client that it is over. It may be gone, and does not answer.</summary>
    public void End() => _transport?.Close();

    /// <summary>The library asks for a datagram.</summary>
    public int Receive(Span<byte> buffer, int waitMillis)
    {
        if (_transport is null)
        {
            return ReceiveWaiting(buffer, waitMillis);
        }

        if (_datagram.IsEmpty)
        {
            throw Nothing;
        }

        var size = _datagram.Length;
        _datagram.Span.CopyTo(buffer);
        _datagram = default;
        return size;
    }

    public int Receive(byte[] buf, int off, int len, int waitMillis) => Receive(buf.AsSpan(off, len), waitMillis);

    /// <summary>The library sends a datagram.</summary>
    public void Send(ReadOnlySpan<byte> buffer)
    {
        if (_transport is not null)
        {
            _link.SendNow(EndPoint, buffer);
        }
        else if (!_waiting!.IsClosed)
        {
            _link.Post(this, buffer.ToArray());
        }
    }

    public void Send(byte[] buf, int off, int len) => Send(buf.AsSpan(off, len));

    /// <summary>The library asks before it allocates, so it is told the size at hand.</summary>
    public int GetReceiveLimit() => _transport is null ? DtlsLink.MaxDatagramSize : _datagram.Length;

    public int GetSendLimit() => DtlsLink.MaxHandshakeDatagram;

    /// <summary>The library is through with it: the client said good-bye, or it broke.</summary>
    public void Close() => IsClosed = true;

    private int ReceiveWaiting(Span<byte> buffer, int waitMillis)
    {
        if (IsWrongKey())
        {
            throw new TlsFatalAlert(AlertDescription.decrypt_error, $"no such identity, or not its key: {Shown(Identity.PskIdentity)}");
        }

        if (_waiting!.Take(waitMillis) is not { } datagram)
        {
            return !_waiting.IsClosed ? -1 : throw new TlsFatalAlert(AlertDescription.user_canceled);
        }

        _handedOver = datagram;
        datagram.CopyTo(buffer);
        return datagram.Length;
    }

    /// <summary>
    /// Whether the client's Finished was among what was handed over last, and did not end the handshake. The library passes over what does not fit
    /// the key, as it must, and would wait to the end for something better, with one of few threads.
    /// </summary>
    /// <remarks>Only what came in order counts: behind the identity and the ChangeCipherSpec, so that datagrams that overtook each other harm nobody.</remarks>
    private bool IsWrongKey()
    {
        var rest = _handedOver.AsSpan();
        _handedOver = [];
        while (_server.HasKey && DtlsRecord.TryRead(rest, out var record))
        {
            if (record.Epoch == 0)
            {
                _hasChangedCipher |= record.Type == DtlsRecord.ChangeCipherSpec;
            }
            else if (_hasChangedCipher && record.Type is DtlsRecord.Handshake or DtlsRecord.WithConnectionId)
            {
                return true;
            }

            rest = rest[Math.Min(rest.Length, record.Size(ConnectionId is not null))..];
        }

        return false;
    }

    /// <summary>An identity as a log may have it: it is whatever somebody wrote.</summary>
    private static string Shown(string? identity) =>
        identity is null ? "(no text)" : identity.Length <= LongestShown ? identity : $"{identity.AsSpan(0, LongestShown)}…";

    private void OnAuthentic(DtlsRecordFlags flags)
    {
        _isAuthentic = true;
        HeardAt = _link.Now;

        // RFC 9146 §6: only by the newest record, so that one caught and sent again from elsewhere moves nobody.
        if (_sender != EndPoint && flags.HasFlag(DtlsRecordFlags.UsesConnectionID | DtlsRecordFlags.IsNewest))
        {
            EndPoint = _sender;
        }
    }
}
