using System.Net;
using Edge.Messaging;

namespace Edge.LocalBroker.Access;

/// <summary>One rule of the access list. What it leaves open it does not ask for; all it names must hold.</summary>
public sealed record AccessRule
{
    private const int AnyQos = 0b111;

    /// <summary>Whether what it is about is allowed; else it is denied.</summary>
    public bool Allow { get; init; }

    /// <summary>What it is about.</summary>
    public TopicActions Actions { get; init; } = TopicActions.All;

    /// <summary>Names of users, of which one must be the client's; <c>*</c> at the end stands for anything. Empty for any client.</summary>
    public IReadOnlyList<string> Users { get; init; } = [];

    /// <summary>ClientIds, likewise.</summary>
    public IReadOnlyList<string> Clients { get; init; } = [];

    /// <summary>Networks, of which one must hold the client's address. Empty for any client.</summary>
    public IReadOnlyList<IPNetwork> Networks { get; init; } = [];

    /// <summary>True for anonymous clients only, false for users only, null for both.</summary>
    public bool? Anonymous { get; init; }

    /// <summary>A bit for each QoS it is about, of the message or of the subscription.</summary>
    public int QosMask { get; init; } = AnyQos;

    /// <summary>True for messages that are to be retained, false for others, null for both. Of a subscription it says nothing.</summary>
    public bool? Retain { get; init; }

    /// <summary>Topic Filters, of which one must match, with the client's names filled in. Empty for every topic.</summary>
    public IReadOnlyList<TopicTemplate> Topics { get; init; } = [];

    /// <summary>Where it was written, such as <c>acl.toml:12</c>.</summary>
    public string Origin { get; init; } = "";

    /// <summary>Whether it is about a client.</summary>
    internal bool IsAbout(ClientIdentity client) =>
        (Users.Count == 0 || Fits(Users, client.UserName))
        && (Clients.Count == 0 || Fits(Clients, client.ClientId))
        && (Networks.Count == 0 || (client.Address is { } address && Networks.Any(network => network.Contains(address))))
        && (Anonymous is null || Anonymous == client.UserName is null);

    /// <summary>Whether it is about an action at a QoS.</summary>
    internal bool IsAbout(TopicActions action, QualityOfService qos) => (Actions & action) != 0 && (QosMask & (1 << (int)qos)) != 0;

    private static bool Fits(IReadOnlyList<string> patterns, string? name) => name is not null && patterns.Any(
        pattern => pattern.EndsWith('*') ? name.AsSpan().StartsWith(pattern.AsSpan(..^1), StringComparison.Ordinal) : pattern == name);
}
