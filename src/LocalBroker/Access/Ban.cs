namespace Edge.LocalBroker.Access;

/// <summary>Who may not come in, whatever it can prove.</summary>
public sealed record Ban : ClientRule
{
    /// <summary>When it ends; null for never.</summary>
    public DateTimeOffset? Until { get; init; }

    /// <summary>Why, in the words of who banned.</summary>
    public string Reason { get; init; } = "";

    /// <summary>Whether it keeps a client out at an instant.</summary>
    public bool Holds(ClientIdentity client, DateTimeOffset now) => !(now >= Until) && IsAbout(client);
}
