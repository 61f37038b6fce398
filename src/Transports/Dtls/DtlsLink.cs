using System.Collections.Concurrent;
using System.Net;
using Org.BouncyCastle.Tls;

namespace Edge.Transports.Dtls;

/// <summary>Datagrams over DTLS 1.2, the server's side, above one UDP socket. 64-bit Linux.</summary>
/// <remarks>
/// An address stands for one association: for who has proved to be there, be it that it moves, and for nobody who comes to the same IP end point
/// later. The loop that owns the link does all that is sent and received, and decrypts; only handshakes have threads of their own. What is invented, damaged or repeated is
/// passed over and counted; to somebody who has not shown that it receives, nothing is sent that is longer than what came.
/// </remarks>
public sealed partial class DtlsLink : IDatagramLink
{
    /// <summary>Largest datagram that can be sent and received, in octets: a record holds no more.</summary>
    public const int LargestDatagram = 16 * 1024;

    /// <summary>Largest datagram with what DTLS adds.</summary>
    internal const int MaxDatagramSize = LargestDatagram + 512;

    /// <summary>Datagrams of a handshake are made no larger, so that they pass through any network.</summary>
    internal const int MaxHandshakeDatagram = 1_200;

    private readonly UdpLink _udp;
    private readonly TimeProvider _clock;
    private readonly DtlsLinkOptions _options;
    private readonly DecryptedBatch _batch = new();
    private readonly byte[] _encrypted = new byte[MaxDatagramSize];
    private readonly byte[] _outgoing = new byte[ushort.MaxValue];
    private readonly ConcurrentQueue<(DtlsAssociation Association, byte[]? Datagram)> _posted = new();
    private LinkAddress _receiver;
    private int _outgoingSize = -1;
    private volatile DtlsCredentials _credentials;

    /// <summary>By which the associations were looked at last.</summary>
    private DtlsCredentials _inForce;

    private long _received;
    private long _sent;
    private long _unsent;
    private long _discarded;

    /// <summary>Opens a socket and binds it.</summary>
    /// <param name="bind">Address and port; port 0 has the system choose. <see cref="IPAddress.IPv6Any"/> takes IPv4 too.</param>
    /// <param name="credentials">What clients are known by.</param>
    /// <param name="options">Limits; null for the defaults.</param>
    /// <param name="clock">Tells how long an association has been silent; null for the system's.</param>
    /// <exception cref="System.Net.Sockets.SocketException">The address cannot be bound.</exception>
    /// <exception cref="PlatformNotSupportedException">This is not 64-bit Linux.</exception>
    public DtlsLink(IPEndPoint bind, DtlsCredentials credentials, DtlsLinkOptions? options = null, TimeProvider? clock = null)
    {
        _options = options ?? new DtlsLinkOptions();
        _clock = clock ?? TimeProvider.System;
        (_credentials, _inForce) = (credentials, credentials);
        _cookies = new DtlsCookies(_crypto, _clock);
        _pool = new HandshakePool(_options.MaxHandshakes);
        _sweptAt = Now;
        _udp = new UdpLink(bind, _options.Udp with { MaxDatagramSize = MaxDatagramSize });
    }

    /// <inheritdoc/>
    public LinkAddress Local => _udp.Local;

    /// <summary>
    /// What clients are known by. New ones hold from the next handshake on, and end the associations whose pre-shared key is not among them any more; those by certificate stay.
    /// From any thread.
    /// </summary>
    public DtlsCredentials Credentials
    {
        get => _credentials;
        set
        {
            _credentials = value;
            Wake();
        }
    }

    /// <inheritdoc/>
    public LinkCounters Counters => _udp.Counters with
    {
        Received = Volatile.Read(ref _received),
        Sent = Volatile.Read(ref _sent),
        SendFailures = _udp.Counters.SendFailures + Volatile.Read(ref _unsent),
        Discarded = Volatile.Read(ref _discarded),
    };

    internal long Now => _clock.GetTimestamp();

    /// <summary>Who is at an address; null when the association is over.</summary>
    public DtlsIdentity? IdentityOf(LinkAddress address) => _byAddress.TryGetValue(address, out var association) ? association.Identity : null;

    /// <summary>Where an association is now; null when it is over.</summary>
    public LinkAddress? WhereIs(LinkAddress address) => _byAddress.TryGetValue(address, out var association) ? association.EndPoint : null;

    /// <inheritdoc/>
    public int Receive(TimeSpan timeout)
    {
        _batch.Clear();
        var count = _udp.Receive(timeout);
        for (var i = 0; i < count; i++)
        {
            OnDatagram(_udp.Sender(i), _udp.Datagram(i));
        }

        TakePosted();
        EndRevoked();
        EndIdle();
        _udp.Flush();
        _received += _batch.Count;
        return _batch.Count;
    }

    /// <inheritdoc/>
    public ReadOnlySpan<byte> Datagram(int index) => _batch.Datagram(index);

    /// <inheritdoc/>
    public LinkAddress Sender(int index) => _batch.Sender(index);

    /// <inheritdoc/>
    public Span<byte> Enqueue(LinkAddress receiver, int size)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(size);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(size, ushort.MaxValue);
        EncryptOutgoing();
        _receiver = receiver;
        _outgoingSize = size;
        return _outgoing.AsSpan(0, size);
    }

    /// <inheritdoc/>
    public void Flush()
    {
        EncryptOutgoing();
        _udp.Flush();
    }

    /// <inheritdoc/>
    public void Wake() => _udp.Wake();

    /// <summary>Says good-bye to all clients and closes the socket. Call it when the loop has ended.</summary>
    public void Dispose()
    {
        _pool.Stop();
        foreach (var (_, handshake) in _handshakes)
        {
            handshake.Abort();
        }

        foreach (var (_, association) in _byAddress)
        {
            association.End();
        }

        _udp.Flush();
        _byAddress.Clear();
        _udp.Dispose();
    }

    /// <summary>Sends for an association that is established. By the loop.</summary>
    internal void SendNow(LinkAddress endPoint, ReadOnlySpan<byte> datagram) => datagram.CopyTo(_udp.Enqueue(endPoint, datagram.Length));

    /// <summary>Has the loop send for a handshake. From any thread.</summary>
    /// <param name="association">Whose handshake it is.</param>
    /// <param name="datagram">The datagram; null when the handshake is over.</param>
    internal void Post(DtlsAssociation association, byte[]? datagram)
    {
        _posted.Enqueue((association, datagram));
        _udp.Wake();
    }

    private void OnDatagram(LinkAddress sender, ReadOnlySpan<byte> datagram)
    {
        if (!DtlsRecord.TryRead(datagram, out var record))
        {
            _discarded++;
            return;
        }

        if (record.ConnectionId is { } id && _byConnectionId.TryGetValue(id, out var association))
        {
            _discarded += TryDecrypt(association, sender, datagram) ? 0 : 1;
            return;
        }

        var isKnown = _byEndPoint.TryGetValue(sender, out association);
        var isBeginning = _handshakes.TryGetValue(sender, out var handshake);
        if (record.IsClientHello && !(isBeginning && handshake!.BeganWith(record)) && !(isKnown && association!.BeganWith(record)))
        {
            OnClientHello(sender, datagram, record);
            return;
        }

        // A client that was started anew, and has not proved yet who it is, has the address of its former self; nobody knows whose a record is but by its key.
        var isTaken = (isKnown && (!isBeginning || record.IsProtected) && TryDecrypt(association!, sender, datagram))
            || (isBeginning && handshake!.TryOffer(datagram));
        _discarded += isTaken ? 0 : 1;
    }

    private bool TryDecrypt(DtlsAssociation association, LinkAddress sender, ReadOnlySpan<byte> datagram)
    {
        var former = association.EndPoint;
        var size = DtlsRecord.SizeOfAll(datagram, association.ConnectionId is not null);
        datagram[..size].CopyTo(_encrypted);
        var isAuthentic = size > 0 && association.Decrypt(sender, _encrypted.AsMemory(0, size), _batch);
        if (association.EndPoint != former)
        {
            Forget(_byEndPoint, former, association);
        }

        if (association.IsClosed)
        {
            Forget(association);
        }

        return isAuthentic;
    }

    private void EncryptOutgoing()
    {
        if (_outgoingSize < 0)
        {
            return;
        }

        var isSent = _outgoingSize <= LargestDatagram
            && _byAddress.TryGetValue(_receiver, out var association)
            && association.TrySend(_outgoing.AsSpan(0, _outgoingSize));
        _outgoingSize = -1;
        _sent += isSent ? 1 : 0;
        _unsent += isSent ? 0 : 1;
    }

    private void TakePosted()
    {
        while (_posted.TryDequeue(out var post))
        {
            if (post.Datagram is { } datagram)
            {
                SendNow(post.Association.EndPoint, datagram);
            }
            else
            {
                OnHandshakeOver(post.Association);
            }
        }
    }

    /// <summary>Answers a ClientHello that has no cookie yet.</summary>
    private sealed class Answerer(DtlsLink link) : DatagramSender
    {
        private LinkAddress _client;

        /// <summary>Whether there was something to answer.</summary>
        public bool HasAnswered { get; private set; }

        public void Turn(LinkAddress client) => (_client, HasAnswered) = (client, false);

        public int GetSendLimit() => MaxHandshakeDatagram;

        public void Send(byte[] buf, int off, int len) => Send(buf.AsSpan(off, len));

        public void Send(ReadOnlySpan<byte> buffer)
        {
            HasAnswered = true;
            link.SendNow(_client, buffer);
        }
    }
}
