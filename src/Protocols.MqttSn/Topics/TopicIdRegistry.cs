using Edge.Messaging;

namespace Edge.Protocols.MqttSn.Topics;

/// <summary>The topic ids that one client and the gateway have agreed on (MQTT-SN 1.2 §6.5).</summary>
/// <remarks>
/// <para>
/// An id is reckoned from its name, so that a client that kept its ids over a restart of the gateway finds them meaning the same or
/// nothing, which it is told. See decision 0010.
/// </para>
/// <para>When there is no room for another name, the one used least lately gives way, and its id means nothing from then on.</para>
/// </remarks>
internal sealed class TopicIdRegistry
{
    /// <summary>Ids 1 to 65,534; 0x0000 and 0xFFFF are reserved (§5.3.11).</summary>
    private const int Ids = 0xFFFE;

    private readonly Dictionary<ushort, LinkedListNode<Entry>> _byId = [];
    private readonly Dictionary<TopicName, LinkedListNode<Entry>> _byName = [];
    private readonly LinkedList<Entry> _byUse = [];
    private readonly KnownTopics _known;
    private readonly int _capacity;

    /// <param name="known">Ids that are not for registration.</param>
    /// <param name="capacity">Most names kept at a time.</param>
    public TopicIdRegistry(KnownTopics known, int capacity)
    {
        _known = known;
        _capacity = Math.Min(capacity, Ids - known.PredefinedCount);
        ArgumentOutOfRangeException.ThrowIfLessThan(_capacity, 1, nameof(capacity));
    }

    public int Count => _byUse.Count;

    /// <summary>The id of a name, a new one if it has none.</summary>
    public ushort Assign(TopicName name)
    {
        if (_byName.TryGetValue(name, out var known))
        {
            Touch(known);
            return known.Value.Id;
        }

        if (_byUse.Count == _capacity)
        {
            Forget(_byUse.Last!);
        }

        return Add(FreeIdFor(name), name).Id;
    }

    /// <summary>The id that a name has, or would get.</summary>
    public ushort IdFor(TopicName name) => _byName.TryGetValue(name, out var known) ? known.Value.Id : FreeIdFor(name);

    /// <summary>What an id stands for.</summary>
    public bool TryGetName(ushort id, out TopicName name)
    {
        var found = _byId.TryGetValue(id, out var node);
        name = default;
        if (found)
        {
            Touch(node!);
            name = node!.Value.Name;
        }

        return found;
    }

    /// <summary>The id of a name that the client is known to know.</summary>
    public bool TryGetConfirmedId(TopicName name, out ushort id)
    {
        id = 0;
        if (!_byName.TryGetValue(name, out var node) || !node.Value.IsConfirmed)
        {
            return false;
        }

        Touch(node);
        id = node.Value.Id;
        return true;
    }

    /// <summary>Whether the name has an id, be it confirmed or not.</summary>
    public bool Contains(TopicName name) => _byName.ContainsKey(name);

    /// <summary>Notes whether the client knows an id. Nothing happens when the id means nothing any more.</summary>
    public void SetConfirmed(ushort id, bool isConfirmed)
    {
        if (_byId.TryGetValue(id, out var node))
        {
            node.Value.IsConfirmed = isConfirmed;
        }
    }

    /// <summary>Ids stay what they are, but the client is told each again before it is used.</summary>
    public void DoubtAll()
    {
        foreach (var entry in _byUse)
        {
            entry.IsConfirmed = false;
        }
    }

    /// <summary>Ids and names, the one used latest last.</summary>
    public List<(ushort Id, TopicName Name)> InOrderOfUse()
    {
        var topics = new List<(ushort, TopicName)>(Count);
        for (var node = _byUse.Last; node is not null; node = node.Previous)
        {
            topics.Add((node.Value.Id, node.Value.Name));
        }

        return topics;
    }

    /// <summary>Takes in what <see cref="InOrderOfUse"/> gave; the client knows these ids. Those that are predefined by now are left out.</summary>
    public void Restore(IEnumerable<(ushort Id, TopicName Name)> topics)
    {
        Clear();
        foreach (var (id, name) in topics)
        {
            if (id is not (0 or ushort.MaxValue) && !_known.IsPredefined(id) && !_byId.ContainsKey(id) && !_byName.ContainsKey(name) && Count < _capacity)
            {
                Add(id, name).IsConfirmed = true;
            }
        }
    }

    public void Clear()
    {
        _byId.Clear();
        _byName.Clear();
        _byUse.Clear();
    }

    private Entry Add(ushort id, TopicName name)
    {
        var node = _byUse.AddFirst(new Entry(id, name));
        _byId.Add(id, node);
        _byName.Add(name, node);
        return node.Value;
    }

    private void Touch(LinkedListNode<Entry> node)
    {
        if (node != _byUse.First)
        {
            _byUse.Remove(node);
            _byUse.AddFirst(node);
        }
    }

    private void Forget(LinkedListNode<Entry> node)
    {
        _byUse.Remove(node);
        _byId.Remove(node.Value.Id);
        _byName.Remove(node.Value.Name);
    }

    private ushort FreeIdFor(TopicName name)
    {
        var slot = (int)(Hash(name.ToString()) % Ids);
        while (IsTaken(slot))
        {
            slot = (slot + 1) % Ids;
        }

        return (ushort)(slot + 1);
    }

    private bool IsTaken(int slot) => _byId.ContainsKey((ushort)(slot + 1)) || _known.IsPredefined((ushort)(slot + 1));

    /// <summary>FNV-1a: the same in every process, unlike <see cref="string.GetHashCode()"/>.</summary>
    private static uint Hash(string text)
    {
        var hash = 2_166_136_261;
        foreach (var character in text)
        {
            hash = (hash ^ character) * 16_777_619;
        }

        return hash;
    }

    private sealed class Entry(ushort id, TopicName name)
    {
        public ushort Id { get; } = id;

        public TopicName Name { get; } = name;

        public bool IsConfirmed { get; set; }
    }
}
