using Edge.Messaging;

namespace Edge.LocalBroker.Retained;

/// <summary>The last retained message of each topic, found by Topic Filter (MQTT 5.0 §3.3.1.3).</summary>
internal sealed class RetainedMessages(TimeProvider clock)
{
    private const int LeastBetweenSweeps = 1_024;

    private readonly Lock _gate = new();
    private readonly Node _root = new();
    private int _setSinceSweep;

    /// <summary>Topics that have one, expired or not.</summary>
    public int Count { get; private set; }

    /// <summary>Octets of them.</summary>
    public long Bytes { get; private set; }

    /// <summary>Keeps a message in place of the one on its topic; an empty payload removes that one ([MQTT-3.3.1-6]).</summary>
    public void Set(Message message)
    {
        var levels = message.Topic.ToString().Split('/');
        lock (_gate)
        {
            _setSinceSweep++;
            if (message.Payload.IsEmpty)
            {
                Remove(_root, levels);
                return;
            }

            var node = _root;
            foreach (var level in levels)
            {
                node = node.GetOrAddChild(level);
            }

            Put(node, message);
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

    /// <summary>Removes all that has expired, each time after half as many messages as there are, so that what nobody asks for does not pile up.</summary>
    public List<Message> TakeExpiredNowAndThen()
    {
        var expired = new List<Message>();
        lock (_gate)
        {
            if (_setSinceSweep >= LeastBetweenSweeps + (Count / 2))
            {
                _setSinceSweep = 0;
                AddAll(_root, isTop: false, expired);
                var now = clock.GetUtcNow();
                expired.RemoveAll(message => !(message.ExpiresAt <= now));
                foreach (var message in expired)
                {
                    Remove(_root, message.Topic.ToString().Split('/'));
                }
            }
        }

        return expired;
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

    private void Put(Node node, Message? message)
    {
        Count += (message is null ? 0 : 1) - (node.Message is null ? 0 : 1);
        Bytes += (message?.Size ?? 0) - (node.Message?.Size ?? 0);
        node.Message = message;
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
