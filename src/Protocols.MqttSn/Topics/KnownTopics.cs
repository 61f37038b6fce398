using System.Collections.Concurrent;
using Edge.Messaging;

namespace Edge.Protocols.MqttSn.Topics;

/// <summary>The topics that need no registration: predefined topic ids and short topic names (MQTT-SN 1.2 §6.7). One for all clients of a gateway.</summary>
/// <remarks>Safe for any number of callers.</remarks>
public sealed class KnownTopics
{
    private readonly Dictionary<ushort, TopicName> _names = [];
    private readonly Dictionary<TopicName, ushort> _ids = [];

    /// <summary>So that a publish to a short topic name does not build the same text again; at most 65,536 of them.</summary>
    private readonly ConcurrentDictionary<ushort, TopicName> _shortNames = new();

    /// <summary>Takes the predefined topics of the options.</summary>
    /// <param name="predefined">Id to Topic Name. Of two ids for one name the lower is used for sending.</param>
    public KnownTopics(IReadOnlyDictionary<ushort, TopicName> predefined)
    {
        ArgumentNullException.ThrowIfNull(predefined);
        foreach (var (id, name) in predefined.OrderBy(topic => topic.Key))
        {
            _names.Add(id, name);
            _ids.TryAdd(name, id);
        }
    }

    /// <summary>How many ids are predefined.</summary>
    internal int PredefinedCount => _names.Count;

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
}
