using System.Net;
using System.Net.Sockets;

namespace Edge.LocalBroker.Access;

/// <summary>How often addresses gave wrong passwords lately, and how long they wait for it. A bounded number of them.</summary>
internal sealed class FailedAttempts(TimeProvider clock)
{
    /// <summary>Wait after the first failure; doubles with each further one.</summary>
    public static readonly TimeSpan FirstDelay = TimeSpan.FromMilliseconds(100);

    /// <summary>Longest wait.</summary>
    public static readonly TimeSpan LongestDelay = TimeSpan.FromSeconds(10);

    /// <summary>After so long without a failure an address begins anew.</summary>
    public static readonly TimeSpan Memory = TimeSpan.FromMinutes(10);

    /// <summary>Addresses remembered at a time; of more, the one that failed longest ago is forgotten.</summary>
    public const int MostAddresses = 4_096;

    private readonly Lock _gate = new();
    private readonly Dictionary<IPAddress, (int Count, long Last)> _failures = [];

    /// <summary>Addresses remembered.</summary>
    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _failures.Count;
            }
        }
    }

    /// <summary>Notes a failure, and says how long its answer waits.</summary>
    public TimeSpan Add(IPAddress? address)
    {
        var network = NetworkOf(address);
        var now = clock.GetTimestamp();
        lock (_gate)
        {
            var (count, last) = _failures.GetValueOrDefault(network);
            if (count == 0 && _failures.Count >= MostAddresses)
            {
                _failures.Remove(_failures.MinBy(failure => failure.Value.Last).Key);
            }

            count = count > 0 && clock.GetElapsedTime(last, now) < Memory ? count + 1 : 1;
            _failures[network] = (count, now);
            var doublings = Math.Min(count - 1, 10);
            var delay = FirstDelay * (1 << doublings);
            return delay < LongestDelay ? delay : LongestDelay;
        }
    }

    /// <summary>Who has one address of IPv6 has 2^64 of them, so those count as one.</summary>
    public static IPAddress NetworkOf(IPAddress? address)
    {
        if (address is not { AddressFamily: AddressFamily.InterNetworkV6 })
        {
            return address ?? IPAddress.None;
        }

        var octets = address.GetAddressBytes();
        octets.AsSpan(8).Clear();
        return new IPAddress(octets);
    }
}
