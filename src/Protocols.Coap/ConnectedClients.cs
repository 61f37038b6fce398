using System.Security.Cryptography;
using System.Text;

namespace Edge.Protocols.Coap;

/// <summary>Clients in connection mode by their ClientIds, each with its token.</summary>
/// <remarks>A token has 32 bits, as EMQX has it. So only so many wrong ones are looked at in a minute for each client, whoever sends them.</remarks>
internal sealed class ConnectedClients(TimeProvider clock)
{
    /// <summary>Wrong tokens of one client that are looked at in <see cref="Window"/>.</summary>
    private const int MaxWrong = 20;

    private static readonly TimeSpan Window = TimeSpan.FromMinutes(1);

    private readonly Dictionary<string, Entry> _entries = [];

    /// <summary>Gives a client a token, in place of one that it may have.</summary>
    /// <returns>The token, a decimal number from 1 to 4,294,967,295.</returns>
    public string Add(string clientId, CoapPeer peer)
    {
        Span<byte> octets = stackalloc byte[sizeof(uint)];
        RandomNumberGenerator.Fill(octets);
        var token = $"{Math.Max(BitConverter.ToUInt32(octets), 1)}";
        _entries[clientId] = new Entry(Encoding.UTF8.GetBytes(token), peer);
        return token;
    }

    /// <summary>Forgets a client, if it is still this end point.</summary>
    public void Remove(string clientId, CoapPeer peer)
    {
        if (_entries.TryGetValue(clientId, out var entry) && entry.Peer == peer)
        {
            _entries.Remove(clientId);
        }
    }

    /// <summary>The client that a token is of; null when it is wrong, or there were too many wrong ones of late.</summary>
    public CoapPeer? Find(string clientId, string token)
    {
        if (!_entries.TryGetValue(clientId, out var entry))
        {
            return null;
        }

        if (clock.GetElapsedTime(entry.Since) >= Window)
        {
            (entry.Since, entry.Wrong) = (clock.GetTimestamp(), 0);
        }

        if (entry.Wrong < MaxWrong && CryptographicOperations.FixedTimeEquals(entry.Token, Encoding.UTF8.GetBytes(token)))
        {
            return entry.Peer;
        }

        entry.Wrong++;
        return null;
    }

    private sealed class Entry(byte[] token, CoapPeer peer)
    {
        public byte[] Token => token;

        public CoapPeer Peer => peer;

        public int Wrong { get; set; }

        public long Since { get; set; }
    }
}
