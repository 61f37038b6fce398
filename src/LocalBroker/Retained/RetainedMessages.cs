using Edge.Messaging;

namespace Edge.LocalBroker.Retained;

/// <summary>The last retained message of each topic, found by Topic Filter (MQTT 5.0 §3.3.1.3).</summary>
internal sealed class RetainedMessages(TimeProvider clock)
{
    private readonly Lock _gate = new();
    private readonly Node _root = new();

    /// <summary>Topics that have one.</summary>
    public int Count { get; private set; }

    /// <summary>Keeps a message in place of the one on its topic; an empty payload removes that one ([MQTT-3.3.1-6]).</summary>
    public void Set(Message message)
    {
        var levels = message.Topic.ToString().Split('/');
        lock (_gate)
        {
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

            Count += node.Message is null ? 1 : 0;
            node.Message = message;
        }
    }

    /// <summary>Every retained message that matches and is not expired.</summary>
    public List<Message> Match(TopicFilter filter)
    {
        var found = new List<Message>();
        var now = clock.GetUtcNow();
        lock (_gate)
        {
            Match(_root, filter.ToString().Split('/'), isTop: true, now, found);
        }

        return found;
    }

    private static void Match(Node node, ReadOnlySpan<string> levels, bool isTop, DateTimeOffset now, List<Message> found)
    {
        if (levels.IsEmpty)
        {
            AddMessage(node, now, found);
            return;
        }

        switch (levels[0])
        {
            case "#":
                AddAll(node, isTop, now, found);
                break;
            case "+":
                foreach (var (name, child) in node.Children)
                {
                    if (!isTop || name is not ['$', ..])
                    {
                        Match(child, levels[1..], isTop: false, now, found);
                    }
                }

                break;
            default:
                if (node.Children.TryGetValue(levels[0], out var named))
                {
                    Match(named, levels[1..], isTop: false, now, found);
                }

                break;
        }
    }

    private static void AddAll(Node node, bool isTop, DateTimeOffset now, List<Message> found)
    {
        AddMessage(node, now, found);
        foreach (var (name, child) in node.Children)
        {
            if (!isTop || name is not ['$', ..])
            {
                AddAll(child, isTop: false, now, found);
            }
        }
    }

    private static void AddMessage(Node node, DateTimeOffset now, List<Message> found)
    {
        if (node.Message is { } message && !(message.ExpiresAt <= now))
        {
            found.Add(message);
        }
    }

    private bool Remove(Node node, ReadOnlySpan<string> levels)
    {
        if (levels.IsEmpty)
        {
            Count -= node.Message is null ? 0 : 1;
            node.Message = null;
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
