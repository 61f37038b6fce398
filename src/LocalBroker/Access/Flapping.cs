using System.Net;

namespace Edge.LocalBroker.Access;

/// <summary>Keeps out clients that connect again and again. A bounded number of them is remembered.</summary>
/// <remarks>
/// A client is a ClientId at an address (of IPv6, a network of 64 bits): who takes another's ClientId and flaps keeps out itself alone.
/// </remarks>
internal sealed class Flapping(FlappingOptions options, TimeProvider clock)
{
    /// <summary>Clients remembered at a time; of more, the one that began longest ago is forgotten.</summary>
    public const int MostClients = 4_096;

    private readonly Lock _gate = new();
    private readonly Dictionary<(string ClientId, IPAddress Network), Count> _counts = [];

    /// <summary>Clients remembered.</summary>
    public int Remembered
    {
        get
        {
            lock (_gate)
            {
                return _counts.Count;
            }
        }
    }

    /// <summary>Whether a client is kept out.</summary>
    public bool IsBanned(ClientIdentity client)
    {
        if (options.MaxConnects == 0)
        {
            return false;
        }

        lock (_gate)
        {
            return _counts.TryGetValue(KeyOf(client), out var count) && count.IsBanned && !IsOver(count);
        }
    }

    /// <summary>Counts a connection. False when it is one too many: from now on the client is kept out.</summary>
    public bool TryConnect(ClientIdentity client)
    {
        if (options.MaxConnects == 0)
        {
            return true;
        }

        var key = KeyOf(client);
        lock (_gate)
        {
            var count = _counts.TryGetValue(key, out var known) && !IsOver(known) ? known : new Count(clock.GetTimestamp(), 0, false);
            count = count with { Connects = count.Connects + 1 };
            if (count.Connects > options.MaxConnects)
            {
                count = new Count(clock.GetTimestamp(), count.Connects, true);
            }

            MakeRoomFor(key);
            _counts[key] = count;
            return !count.IsBanned;
        }
    }

    private void MakeRoomFor((string, IPAddress) key)
    {
        if (_counts.Count < MostClients || _counts.ContainsKey(key))
        {
            return;
        }

        foreach (var (other, count) in _counts)
        {
            if (IsOver(count))
            {
                _counts.Remove(other);
            }
        }

        if (_counts.Count >= MostClients)
        {
            _counts.Remove(_counts.MinBy(entry => entry.Value.Since).Key);
        }
    }

    private bool IsOver(Count count) => clock.GetElapsedTime(count.Since) >= (count.IsBanned ? options.BanTime : options.Window);

    private static (string, IPAddress) KeyOf(ClientIdentity client) => (client.ClientId, FailedAttempts.NetworkOf(client.Address));

    /// <param name="Since">When counting began, or the client was banned.</param>
    /// <param name="Connects">Connections since counting began.</param>
    /// <param name="IsBanned">Whether the client is kept out.</param>
    private readonly record struct Count(long Since, int Connects, bool IsBanned);
}
