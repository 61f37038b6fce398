using System.Collections.Concurrent;
using Edge.Messaging;

namespace Edge.Protocols.MqttSn.Topics;

/// <summary>The topics that need no registration: predefined topic ids and short topic names (MQTT-SN 1.2 §6.7), of a gateway or of one client of it.</summary>
/// <remarks>Safe for any number of callers.</remarks>
public sealed class KnownTopics
{
    private static readonly Dictionary<ushort, PredefinedTopic> NoTopics = [];

    private readonly IReadOnlyDictionary<ushort, PredefinedTopic> _predefined;
    private readonly Dictionary<string, ClientTopics> _clients;
    private readonly bool _differs;
    private readonly Dictionary<ushort, TopicName> _names = [];
    private readonly Dictionary<TopicName, ushort> _ids = [];

    /// <summary>So that a publish to a short topic name does not build the same text again; at most 65,536 of them.</summary>
    private readonly ConcurrentDictionary<ushort, TopicName> _shortNames = new();

    /// <summary>Those of a gateway, which hold for nodes without a connection.</summary>
    /// <param name="options">Where the predefined topics stand. Of two ids for one name the lower is used for sending.</param>
    public KnownTopics(MqttSnOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        _predefined = options.PredefinedTopics;
        _clients = options.Clients.ToDictionary(client => client.ClientId);
        _differs = _predefined.Values.Any(topic => topic.IsOfClient);
        Fill(null, _predefined);
    }

    private KnownTopics(KnownTopics ofGateway, string clientId, IReadOnlyDictionary<ushort, PredefinedTopic> own)
    {
        (_predefined, _clients, _shortNames) = (ofGateway._predefined, ofGateway._clients, ofGateway._shortNames);
        Fill(clientId, _predefined.Where(topic => !own.ContainsKey(topic.Key)).Concat(own));
    }

    /// <summary>How many ids are predefined.</summary>
    internal int PredefinedCount => _names.Count;

    /// <summary>Those of a client: its own go before those of the gateway.</summary>
    internal KnownTopics For(string clientId)
    {
        var own = _clients.TryGetValue(clientId, out var client) ? client.PredefinedTopics : NoTopics;
        return own.Count > 0 || _differs ? new KnownTopics(this, clientId, own) : this;
    }

    internal bool IsPredefined(ushort id) => _names.ContainsKey(id);

    internal bool TryGetPredefined(ushort id, out TopicName name) => _names.TryGetValue(id, out name);

    internal bool TryGetPredefinedId(TopicName name, out ushort id) => _ids.TryGetValue(name, out id);

    /// <summary>The name that two characters make; false when they make none, as <c>+</c> or <c>#</c> would.</summary>
    internal bool TryGetShortName(ushort characters, out TopicName name)
    {
        if (_shortNames.TryGetValue(characters, out name))
        {
            return true;
        }

        ReadOnlySpan<byte> octets = [(byte)(characters >> 8), (byte)characters];
        if (!TopicName.TryParse(octets, out name))
        {
            return false;
        }

        _shortNames[characters] = name;
        return true;
    }

    /// <summary>The two characters of a name of two ASCII characters.</summary>
    internal static bool TryGetCharacters(TopicName name, out ushort characters)
    {
        var isShort = name.ToString() is [<= '\x7F', <= '\x7F'];
        characters = isShort ? (ushort)((name.ToString()[0] << 8) | name.ToString()[1]) : (ushort)0;
        return isShort;
    }

    private void Fill(string? clientId, IEnumerable<KeyValuePair<ushort, PredefinedTopic>> predefined)
    {
        foreach (var (id, topic) in predefined.OrderBy(topic => topic.Key))
        {
            if (topic.TryFill(clientId, out var name))
            {
                _names.Add(id, name);
                _ids.TryAdd(name, id);
            }
        }
    }
}
