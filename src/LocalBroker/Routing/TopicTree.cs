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
            foreach (var level in Levels(subscriber.Target.Filter))
            {
                node = node.GetOrAdd(level);
            }

            var before = node.SubscribersIn(subscriber.Target.Group);
            var after = With(before, subscriber);
            node.Set(subscriber.Target.Group, after);
            Count += after.Length - before.Length;
        }
    }

    /// <summary>Takes a session's subscription out; nothing happens when there is none.</summary>
    public void Remove(Session session, TopicFilter filter)
    {
        if (!SubscriptionFilter.TryParse(filter, out var target))
        {
            return;
        }

        lock (_writing)
        {
            var levels = Levels(target.Filter);
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

            var before = path[^1].SubscribersIn(target.Group);
            var after = Array.FindAll(before, other => other.Session != session);
            path[^1].Set(target.Group, after);
            Count += after.Length - before.Length;

            for (var depth = levels.Length; depth > 0 && path[depth].IsEmpty; depth--)
            {
                path[depth - 1].Remove(levels[depth - 1]);
            }
        }
    }

    /// <summary>Collects the subscriber lists and the groups of every filter that matches. A session may stand in several lists, once in each.</summary>
    public void Match(TopicName topic, Matches matches) =>
        Match(_root, topic.ToString(), matches, wildcards: !topic.IsReserved);

    /// <summary>The group that shares a subscription; null when it has no member.</summary>
    public ShareGroup? FindGroup(TopicFilter shared)
    {
        if (!SubscriptionFilter.TryParse(shared, out var target))
        {
            return null;
        }

        var node = _root;
        foreach (var level in Levels(target.Filter))
        {
            node = node?.Find(level);
        }

        return node is null ? null : Array.Find(node.Groups, group => group.Name == target.Group);
    }

    private static Subscriber[] With(Subscriber[] subscribers, Subscriber subscriber)
    {
        var index = Array.FindIndex(subscribers, other => other.Session == subscriber.Session);
        if (index < 0)
        {
            return [.. subscribers, subscriber];
        }

        var replaced = (Subscriber[])subscribers.Clone();
        replaced[index] = subscriber;
        return replaced;
    }

    private static void Match(Node node, ReadOnlySpan<char> rest, Matches matches, bool wildcards)
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

    private static void Descend(Node node, ReadOnlySpan<char> rest, int separator, Matches matches)
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

    private static void Add(Node? node, Matches matches)
    {
        if (node is not null)
        {
            matches.Add(node.Subscribers, node.Groups);
        }
    }

    private static string[] Levels(TopicFilter filter) => filter.ToString().Split('/');

    private sealed class Node
    {
        private volatile Subscriber[] _subscribers = [];
        private volatile ShareGroup[] _groups = [];
        private volatile Node? _anyLevel;
        private volatile Node? _anyLevels;
        private volatile ConcurrentDictionary<string, Node>? _named;

        public Subscriber[] Subscribers => _subscribers;

        public ShareGroup[] Groups => _groups;

        /// <summary>The child <c>+</c>.</summary>
        public Node? AnyLevel => _anyLevel;

        /// <summary>The child <c>#</c>.</summary>
        public Node? AnyLevels => _anyLevels;

        public bool IsEmpty => _subscribers.Length == 0 && _groups.Length == 0 && _anyLevel is null && _anyLevels is null && _named is null;

        /// <summary>The members of a group; those that share with nobody for null.</summary>
        public Subscriber[] SubscribersIn(string? group) =>
            group is null ? _subscribers : Array.Find(_groups, other => other.Name == group)?.Members ?? [];

        /// <summary>Replaces what <see cref="SubscribersIn"/> gives. A group without members is gone.</summary>
        public void Set(string? name, Subscriber[] subscribers)
        {
            if (name is null)
            {
                _subscribers = subscribers;
            }
            else if (Array.Find(_groups, other => other.Name == name) is { } group)
            {
                group.Members = subscribers;
                _groups = subscribers.Length > 0 ? _groups : Array.FindAll(_groups, other => other != group);
            }
            else if (subscribers.Length > 0)
            {
                _groups = [.. _groups, new ShareGroup(name) { Members = subscribers }];
            }
        }

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
