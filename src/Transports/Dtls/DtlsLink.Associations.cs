namespace Edge.Transports.Dtls;

/// <content>Handshakes and associations, within their limits.</content>
public sealed partial class DtlsLink
{
    /// <summary>Handshakes that may wait for a thread, for each that has one.</summary>
    private const int WaitingForEach = 15;
    private static readonly TimeSpan SweepInterval = TimeSpan.FromSeconds(10);

    private readonly DtlsCrypto _crypto = new();
    private readonly DtlsCookies _cookies;
    private readonly HandshakePool _pool;

    /// <summary>Handshakes by the IP end point of the client. There may be an association with the same: a client that was started anew.</summary>
    private readonly Dictionary<LinkAddress, DtlsAssociation> _handshakes = [];

    /// <summary>Associations by the IP end point of the client, the last that was there.</summary>
    private readonly Dictionary<LinkAddress, DtlsAssociation> _byEndPoint = [];
    private readonly Dictionary<ulong, DtlsAssociation> _byConnectionId = [];

    /// <summary>All associations, by what they are called outside.</summary>
    private readonly Dictionary<LinkAddress, DtlsAssociation> _byAddress = [];
    private readonly Dictionary<LinkAddress, Use> _uses = [];
    private Answerer? _answerer;
    private uint _lastNumber;
    private long _sweptAt;

    private int _associationCount;
    private int _handshakeCount;
    private long _established;
    private long _failed;
    private long _refused;
    private long _expired;
    private long _revoked;

    /// <summary>Counts of handshakes and associations so far. From any thread.</summary>
    public DtlsCounters AssociationCounters => new(
        Volatile.Read(ref _associationCount),
        Volatile.Read(ref _handshakeCount),
        Volatile.Read(ref _established),
        Volatile.Read(ref _failed),
        Volatile.Read(ref _refused),
        Volatile.Read(ref _expired),
        Volatile.Read(ref _revoked));

    private void OnClientHello(LinkAddress client, ReadOnlySpan<byte> datagram, in DtlsRecord clientHello)
    {
        _answerer ??= new Answerer(this);
        _answerer.Turn(client);
        if (_cookies.Verify(client, datagram, _answerer) is not { } request)
        {
            _discarded += _answerer.HasAnswered ? 0 : 1;
            return;
        }

        if (_handshakes.Remove(client, out var former))
        {
            former.Abort(); // The client has begun anew.
        }

        var use = UseOf(client.Network);
        if (_handshakeCount >= _options.MaxHandshakes * (1 + WaitingForEach) || use.Handshakes >= _options.MaxHandshakesPerAddress)
        {
            _refused++;
            ForgetUse(client.Network);
            return;
        }

        var association = new DtlsAssociation(this, client, new DtlsServer(_crypto, _credentials, _options), request, clientHello.ClientRandom);
        _handshakes.Add(client, association);
        use.Handshakes++;
        _handshakeCount++;
        _pool.Start(association.Handshake);
    }

    private void OnHandshakeOver(DtlsAssociation association)
    {
        UseOf(association.Network).Handshakes--;
        _handshakeCount--;
        var isCurrent = Forget(_handshakes, association.EndPoint, association);
        var failure = !isCurrent ? "the client has begun anew"
            : !association.TryEstablish() ? association.Failure
            : !association.MayStay(_credentials) ? "its key was taken away meanwhile"
            : null;
        if (failure is null)
        {
            Establish(association);
        }
        else
        {
            _failed++;
            _options.HandshakeFailed?.Invoke(association.EndPoint, failure);
        }

        ForgetUse(association.Network);
    }

    private void Establish(DtlsAssociation association)
    {
        // RFC 6347 §4.2.8: whoever was at the end point is gone now. With a Connection ID it may still come from elsewhere.
        if (_byEndPoint.TryGetValue(association.EndPoint, out var former) && former.ConnectionId is null)
        {
            Forget(former);
        }

        MakeRoom(UseOf(association.Network).Associations, _options.MaxAssociationsPerAddress);
        MakeRoom(_byAddress.Values, _options.MaxAssociations);
        association.Address = association.EndPoint.OfAssociation(++_lastNumber);
        association.HeardAt = Now;
        _byAddress[association.Address] = association;
        _byEndPoint[association.EndPoint] = association;
        if (association.ConnectionId is { } id)
        {
            _byConnectionId[id] = association;
        }

        UseOf(association.Network).Associations.Add(association);
        _associationCount++;
        _established++;
        foreach (var datagram in association.TakeWaiting().TakeWhile(_ => !association.IsClosed))
        {
            _discarded += TryDecrypt(association, association.EndPoint, datagram) ? 0 : 1;
        }
    }

    /// <summary>Ends the association that was silent for longest when there are too many for one more.</summary>
    private void MakeRoom(IReadOnlyCollection<DtlsAssociation> associations, int most)
    {
        if (associations.Count >= most && associations.MinBy(association => association.HeardAt) is { } silent)
        {
            Expire(silent);
        }
    }

    private void EndIdle()
    {
        if (_clock.GetElapsedTime(_sweptAt) < SweepInterval)
        {
            return;
        }

        _sweptAt = Now;
        foreach (var association in _byAddress.Values.Where(one => _clock.GetElapsedTime(one.HeardAt) >= _options.IdleTimeout).ToList())
        {
            Expire(association);
        }
    }

    /// <summary>Ends the associations whose key was taken away or changed.</summary>
    private void EndRevoked()
    {
        var now = _credentials;
        if (ReferenceEquals(now, _inForce))
        {
            return;
        }

        _inForce = now;
        foreach (var association in _byAddress.Values.Where(one => !one.MayStay(now)).ToList())
        {
            _revoked++;
            association.End();
            Forget(association);
        }
    }

    private void Expire(DtlsAssociation association)
    {
        _expired++;
        association.End();
        Forget(association);
    }

    private void Forget(DtlsAssociation association)
    {
        if (!_byAddress.Remove(association.Address))
        {
            return;
        }

        Forget(_byEndPoint, association.EndPoint, association);
        if (association.ConnectionId is { } id)
        {
            Forget(_byConnectionId, id, association);
        }

        UseOf(association.Network).Associations.Remove(association);
        ForgetUse(association.Network);
        _associationCount--;
    }

    /// <summary>Removes an entry, unless it has become another's.</summary>
    private static bool Forget<TKey>(Dictionary<TKey, DtlsAssociation> entries, TKey key, DtlsAssociation association)
        where TKey : notnull =>
        entries.TryGetValue(key, out var found) && found == association && entries.Remove(key);

    private Use UseOf(LinkAddress network)
    {
        if (!_uses.TryGetValue(network, out var use))
        {
            _uses.Add(network, use = new Use());
        }

        return use;
    }

    private void ForgetUse(LinkAddress network)
    {
        if (_uses.TryGetValue(network, out var use) && use is { Handshakes: 0, Associations.Count: 0 })
        {
            _uses.Remove(network);
        }
    }

    /// <summary>What one address, or one IPv6 network, has.</summary>
    private sealed class Use
    {
        public int Handshakes { get; set; }

        public HashSet<DtlsAssociation> Associations { get; } = [];
    }
}
