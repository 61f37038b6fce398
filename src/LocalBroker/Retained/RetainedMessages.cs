using Edge.Messaging;

namespace Edge.LocalBroker.Retained;

/// <summary>The last retained message of each topic, found by Topic Filter (MQTT 5.0 §3.3.1.3), within limits.</summary>
internal sealed class RetainedMessages(TimeProvider clock, RetainedLimits limits)
{
    // As many leave as come, and more: what expired and nobody asks for does not pile up, and no publisher pays for all of it.
    private const int MostExpiredAtOnce = 4;

    private readonly Lock _gate = new();
    private readonly Node _root = new();
    private readonly SortedSet<Message> _expiring = new(Comparer<Message>.Create(CompareExpiry));
    private long _limited;
    private long _limitedOctets;

    /// <summary>Topics that have one, expired or not.</summary>
    public int Count { get; private set; }

    /// <summary>Octets of them.</summary>
    public long Bytes { get; private set; }

    /// <summary>
    /// Keeps a message in place of the one on its topic, where the limits allow; an empty payload removes that one ([MQTT-3.3.1-6]), whatever the
    /// limits. What has expired makes room.
    /// </summary>
    /// <param name="message">The message.</param>
    /// <param name="orClear">Whether the one on its topic goes although the new one finds no room: where it is not the last any more.</param>
    /// <param name="expired">Gets what has expired and was removed.</param>
    public Retention Set(Message message, bool orClear, ref List<Message>? expired)
    {
        var levels = message.Topic.ToString().Split('/');
        var isEmpty = message.Payload.IsEmpty;
        lock (_gate)
        {
            var removed = 0;
            while (removed < MostExpiredAtOnce && TryRemoveExpired(ref expired))
            {
                removed++;
            }

            var retention = isEmpty ? Retention.Kept : Judge(message, Find(levels)?.Message);
            while (retention is Retention.TooMany or Retention.TooManyOctets && TryRemoveExpired(ref expired))
            {
                retention = Judge(message, Find(levels)?.Message);
            }

            if (retention == Retention.Kept && !isEmpty)
            {
                Put(GetOrAdd(levels), message);
            }
            else if (isEmpty || orClear)
            {
                Remove(_root, levels);
            }

            return retention;
        }
    }

    /// <summary>Takes up what was kept before, be it more than is allowed now.</summary>
    public void Restore(Message message)
    {
        lock (_gate)
        {
            Put(GetOrAdd(message.Topic.ToString().Split('/')), message);
        }
    }

    /// <summary>Removes a message, unless another has taken its place.</summary>
    public void Remove(Message message)
    {
        var levels = message.Topic.ToString().Split('/');
        lock (_gate)
        {
            if (ReferenceEquals(Find(levels)?.Message, message))
            {
                Remove(_root, levels);
            }
        }
    }

    /// <summary>The message of a topic, expired or not; null when there is none.</summary>
    public Message? Find(TopicName topic)
    {
        var levels = topic.ToString().Split('/');
        lock (_gate)
        {
            return Find(levels)?.Message;
        }
    }

    /// <summary>Every retained message that matches and is not expired.</summary>
    /// <param name="filter">The filter.</param>
    /// <param name="expired">Gets those that match and are expired.</param>
    public List<Message> Match(TopicFilter filter, List<Message> expired)
    {
        var found = new List<Message>();
        var now = clock.GetUtcNow();
        lock (_gate)
        {
            Match(_root, filter.ToString().Split('/'), isTop: true, found);
        }

        foreach (var message in found)
        {
            if (message.ExpiresAt <= now)
            {
                expired.Add(message);
            }
        }

        found.RemoveAll(message => message.ExpiresAt <= now);
        return found;
    }

    /// <summary>By the time they expire; a topic has one at most.</summary>
    private static int CompareExpiry(Message one, Message other)
    {
        var byTime = Nullable.Compare(one.ExpiresAt, other.ExpiresAt);
        return byTime != 0 ? byTime : string.CompareOrdinal(one.Topic.ToString(), other.Topic.ToString());
    }

    /// <summary>What takes no more room than its topic has already is let in, also where there is more than is allowed.</summary>
    private Retention Judge(Message message, Message? old)
    {
        var octets = message.Size - (old?.Size ?? 0);
        return Broker.IsOfGateway(message.Topic) ? Retention.Kept
            : message.Size > limits.Size ? Retention.TooLarge
            : old is null && _limited >= limits.Messages ? Retention.TooMany
            : octets > 0 && octets > limits.Octets - _limitedOctets ? Retention.TooManyOctets
            : Retention.Kept;
    }

    private bool TryRemoveExpired(ref List<Message>? expired)
    {
        if (_expiring.Min is not { } first || first.ExpiresAt > clock.GetUtcNow())
        {
            return false;
        }

        Remove(_root, first.Topic.ToString().Split('/'));
        (expired ??= []).Add(first);
        return true;
    }

    private Node? Find(string[] levels)
    {
        var node = _root;
        foreach (var level in levels)
        {
            if (!node.Children.TryGetValue(level, out node))
            {
                return null;
            }
        }

        return node;
    }

    private Node GetOrAdd(string[] levels)
    {
        var node = _root;
        foreach (var level in levels)
        {
            node = node.GetOrAddChild(level);
        }

        return node;
    }

    private void Put(Node node, Message? message)
    {
        if (node.Message is { } old)
        {
            Account(old, -1);
            _expiring.Remove(old);
        }

        node.Message = message;
        if (message is not null)
        {
            Account(message, 1);
            if (message.ExpiresAt is not null)
            {
                _expiring.Add(message);
            }
        }
    }

    private void Account(Message message, int sign)
    {
        Count += sign;
        Bytes += sign * message.Size;
        if (!Broker.IsOfGateway(message.Topic))
        {
            _limited += sign;
            _limitedOctets += sign * message.Size;
        }
    }

    private static void Match(Node node, ReadOnlySpan<string> levels, bool isTop, List<Message> found)
    {
        if (levels.IsEmpty)
        {
            AddMessage(node, found);
            return;
        }

        switch (levels[0])
        {
            case "#":
                AddAll(node, isTop, found);
                break;
            case "+":
                foreach (var (name, child) in node.Children)
                {
                    if (!isTop || name is not ['$', ..])
                    {
                        Match(child, levels[1..], isTop: false, found);
                    }
                }

                break;
            default:
                if (node.Children.TryGetValue(levels[0], out var named))
                {
                    Match(named, levels[1..], isTop: false, found);
                }

                break;
        }
    }

    private static void AddAll(Node node, bool isTop, List<Message> found)
    {
        AddMessage(node, found);
        foreach (var (name, child) in node.Children)
        {
            if (!isTop || name is not ['$', ..])
            {
                AddAll(child, isTop: false, found);
            }
        }
    }

    private static void AddMessage(Node node, List<Message> found)
    {
        if (node.Message is { } message)
        {
            found.Add(message);
        }
    }

    private bool Remove(Node node, ReadOnlySpan<string> levels)
    {
        if (levels.IsEmpty)
        {
            Put(node, null);
        }
        else if (node.Children.TryGetValue(levels[0], out var child) && Remove(child, levels[1..]))
        {
            node.RemoveChild(levels[0]);
        }

        return node.Message is null && node.Children.Count == 0;
    }

    private sealed class Node
    {
        private static readonly Dictionary<string, Node> None = [];

        public Message? Message { get; set; }

        public Dictionary<string, Node> Children { get; private set; } = None;

        public Node GetOrAddChild(string level)
        {
            if (Children == None)
            {
                Children = new Dictionary<string, Node>(1, StringComparer.Ordinal);
            }

            if (!Children.TryGetValue(level, out var child))
            {
                Children.Add(level, child = new Node());
            }

            return child;
        }

        public void RemoveChild(string level) => Children.Remove(level);
    }
}
