using System.Runtime.CompilerServices;
using Edge.LocalBroker.Sessions;
using Edge.Messaging;

namespace Edge.LocalBroker.Routing;

/// <summary>Those who share one subscription: the members of a group for one filter, of whom one gets each message (MQTT 5.0 §4.8.2).</summary>
/// <param name="name">Name of the group.</param>
internal sealed class ShareGroup(string name)
{
    // What each publisher did last goes with its session.
    private readonly ConditionalWeakTable<object, Turn> _turns = [];
    private readonly Turn _common = new();
    private volatile Subscriber[] _members = [];

    public string Name => name;

    /// <summary>The members; writers replace the array.</summary>
    public Subscriber[] Members
    {
        get => _members;
        set => _members = value;
    }

    /// <summary>The members that are connected.</summary>
    public Subscriber[] Connected
    {
        get
        {
            var members = _members;
            return Array.TrueForAll(members, IsConnected) ? members : Array.FindAll(members, IsConnected);
        }
    }

    /// <summary>Chooses one of some members; there must be one.</summary>
    /// <param name="members">Who may get it.</param>
    /// <param name="strategy">How to choose.</param>
    /// <param name="publisher">Who publishes; null for the gateway itself, for Wills and for nodes without a session.</param>
    /// <param name="message">What is published.</param>
    /// <returns>Its index.</returns>
    public int Choose(Subscriber[] members, ShareStrategy strategy, Session? publisher, Message message) => members.Length == 1 ? 0 : strategy switch
    {
        ShareStrategy.RoundRobin => TurnOf(publisher).Next(members.Length),
        ShareStrategy.RoundRobinPerGroup => _common.Next(members.Length),
        ShareStrategy.Sticky => TurnOf(publisher).Stay(members),
        ShareStrategy.HashClientId => Hash(message.Origin, members.Length),
        ShareStrategy.HashTopic => Hash(message.Topic.ToString(), members.Length),
        _ => Random.Shared.Next(members.Length),
    };

    private static bool IsConnected(Subscriber member) => member.Session.IsConnected;

    /// <summary>FNV-1a: the same in every run, as the runtime's own hash is not.</summary>
    private static int Hash(string text, int count)
    {
        var hash = 2_166_136_261u;
        foreach (var character in text)
        {
            hash = (hash ^ character) * 16_777_619;
        }

        return (int)(hash % (uint)count);
    }

    private Turn TurnOf(Session? publisher) => publisher is null ? _common : _turns.GetValue(publisher, static _ => new Turn());

    /// <summary>Whose turn it is for one publisher, or for all of them.</summary>
    private sealed class Turn
    {
        private int _last = Random.Shared.Next();
        private Session? _chosen;

        public int Next(int count) => (int)((uint)Interlocked.Increment(ref _last) % (uint)count);

        public int Stay(Subscriber[] members)
        {
            var index = Array.FindIndex(members, member => member.Session == _chosen);
            if (index < 0)
            {
                index = Random.Shared.Next(members.Length);
                _chosen = members[index].Session;
            }

            return index;
        }
    }
}
