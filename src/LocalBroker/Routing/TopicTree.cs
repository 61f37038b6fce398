using System.Collections.Concurrent;
using Edge.LocalBroker.Sessions;
using Edge.Messaging;

namespace Edge.LocalBroker.Routing;

/// <summary>Which subscriptions a topic belongs to. Cost grows with the levels of the topic and the nodes that match, never with the clients.</summary>
/// <remarks>
/// Readers take no lock: each node's subscribers are an array that writers replace, and a node that was just unhooked reads as empty.
/// Writers take turns.
/// </remarks>
internal sealed class TopicTree
{
    private readonly Lock _writing = new();
    private readonly Node _root = new();

    /// <summary>Subscriptions in the tree.</summary>
    public int Count { get; private set; }

    /// <summary>Whether nothing is left: no subscription, and no node that once led to one.</summary>
    public bool IsEmpty => _root.IsEmpty;

    /// <summary>Adds a session's subscription or replaces the one it has with this filter.</summary>
    public void Set(Subscriber subscriber)
    {
        lock (_writing)
        {
            var node = _root;
            foreach (var level in Levels(subscriber.Subscription.Filter))
            {
                node = node.GetOrAdd(level);
            }

            var index = Array.FindIndex(node.Subscribers, other => other.Session == subscriber.Session);
            if (index < 0)
            {
                Count++;
                node.Subscribers = [.. node.Subscribers, subscriber];
            }
            else
            {
                var replaced = (Subscriber[])node.Subscribers.Clone();
                replaced[index] = subscriber;
                node.Subscribers = replaced;
            }
        }
    }

    /// <summary>Takes a session's subscription out; nothing happens when there is none.</summary>
    public void Remove(Session session, TopicFilter filter)
    {
        lock (_writing)
        {
            var levels = Levels(filter);
            var path = new Node[levels.Length + 1];
            path[0] = _root;
            for (var depth = 0; depth < levels.Length; depth++)
            {
                if (path[depth].Find(levels[depth]) is not { } next)
                {
                    return;
                }

                path[depth + 1] = next;
            }

            var node = path[^1];
            var kept = Array.FindAll(node.Subscribers, other => other.Session != session);
            Count -= node.Subscribers.Length - kept.Length;
            node.Subscribers = kept;

            for (var depth = levels.Length; depth > 0 && path[depth].IsEmpty; depth--)
            {
                path[depth - 1].Remove(levels[depth - 1]);
            }
        }
    }

    /// <summary>Collects the subscriber lists of every filter that matches. A session may stand in several lists, once in each.</summary>
    public void Match(TopicName topic, List<Subscriber[]> matches) =>
        Match(_root, topic.ToString(), matches, wildcards: !topic.IsReserved);

    private static void Match(Node node, ReadOnlySpan<char> rest, List<Subscriber[]> matches, bool wildcards)
    {
        var separator = rest.IndexOf('/');
        if (wildcards)
        {
            // "#" stands for the parent level as well, so it is looked at here and once more below the last level.
            Add(node.AnyLevels, matches);
            if (node.AnyLevel is { } any)
            {
                Descend(any, rest, separator, matches);
            }
        }

        if (node.Find(separator < 0 ? rest : rest[..separator]) is { } named)
        {
            Descend(named, rest, separator, matches);
        }
    }

    private static void Descend(Node node, ReadOnlySpan<char> rest, int separator, List<Subscriber[]> matches)
    {
        if (separator >= 0)
        {
            Match(node, rest[(separator + 1)..], matches, wildcards: true);
        }
        else
        {
            Add(node, matches);
            Add(node.AnyLevels, matches);
        }
    }

    private static void Add(Node? node, List<Subscriber[]> matches)
    {
        if (node?.Subscribers is { Length: > 0 } subscribers)
        {
            matches.Add(subscribers);
        }
    }

    private static string[] Levels(TopicFilter filter) => filter.ToString().Split('/');

    private sealed class Node
    {
        private volatile Subscriber[] _subscribers = [];
        private volatile Node? _anyLevel;
        private volatile Node? _anyLevels;
        private volatile ConcurrentDictionary<string, Node>? _named;

        public Subscriber[] Subscribers
        {
            get => _subscribers;
            set => _subscribers = value;
        }

        /// <summary>The child <c>+</c>.</summary>
        public Node? AnyLevel => _anyLevel;

        /// <summary>The child <c>#</c>.</summary>
        public Node? AnyLevels => _anyLevels;

        public bool IsEmpty => _subscribers.Length == 0 && _anyLevel is null && _anyLevels is null && _named is null;

        public Node? Find(string level) => level switch
        {
            "+" => _anyLevel,
            "#" => _anyLevels,
            _ => _named?.GetValueOrDefault(level),
        };

        /// <summary>The child that a level of a Topic Name leads to.</summary>
        public Node? Find(ReadOnlySpan<char> level) =>
            _named is { } named && named.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(level, out var child) ? child : null;

        public Node GetOrAdd(string level) => level switch
        {
            "+" => _anyLevel ??= new Node(),
            "#" => _anyLevels ??= new Node(),
            _ => (_named ??= new(concurrencyLevel: 1, capacity: 1, StringComparer.Ordinal)).GetOrAdd(level, static _ => new Node()),
        };

        public void Remove(string level)
        {
            switch (level)
            {
                case "+":
                    _anyLevel = null;
                    break;
                case "#":
                    _anyLevels = null;
                    break;
                default:
                    _named!.TryRemove(level, out _);
                    _named = _named.IsEmpty ? null : _named;
                    break;
            }
        }
    }
}
