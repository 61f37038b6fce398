namespace Edge.LocalBroker.Routing;

/// <summary>What the <see cref="TopicTree"/> finds for one topic; used again and again.</summary>
internal sealed class Matches
{
    /// <summary>Lists of those who share with nobody; a session may stand in several, once in each.</summary>
    public List<Subscriber[]> Lists { get; } = [];

    /// <summary>Groups of which one member gets the message.</summary>
    public List<ShareGroup> Groups { get; } = [];

    public void Add(Subscriber[] subscribers, ShareGroup[] groups)
    {
        if (subscribers.Length > 0)
        {
            Lists.Add(subscribers);
        }

        if (groups.Length > 0)
        {
            Groups.AddRange(groups);
        }
    }

    public void Clear()
    {
        Lists.Clear();
        Groups.Clear();
    }
}
