using Edge.Messaging;

namespace Edge.Protocols.MqttSn.Topics;

/// <summary>The name behind a predefined topic id: a Topic Name, in which <c>${clientid}</c> stands for the client that uses the id.</summary>
public readonly record struct PredefinedTopic
{
    private const string ClientId = "${clientid}";
    private readonly string _text;

    private PredefinedTopic(string text) => _text = text;

    /// <summary>Whether each client has a name of its own for the id, and nobody else any.</summary>
    internal bool IsOfClient => _text.Contains(ClientId, StringComparison.Ordinal);

    /// <summary>Reads a name; false when no client could have it.</summary>
    public static bool TryParse(string text, out PredefinedTopic topic)
    {
        topic = new PredefinedTopic(text);
        return topic.TryFill("x", out _) && !text.Replace(ClientId, "", StringComparison.Ordinal).Contains("${", StringComparison.Ordinal);
    }

    /// <inheritdoc/>
    public override string ToString() => _text;

    /// <summary>The Topic Name for a client.</summary>
    /// <param name="clientId">Its ClientId; null for a node without a connection.</param>
    /// <param name="name">The Topic Name.</param>
    /// <returns>False when there is none: the ClientId would be more than a part of one level, or would make the topic one of the gateway's.</returns>
    internal bool TryFill(string? clientId, out TopicName name)
    {
        name = default;
        if (!IsOfClient)
        {
            return TopicName.TryParse(_text, out name);
        }

        return clientId is not null
            && !clientId.AsSpan().ContainsAny('/', '+', '#')
            && !(clientId is ['$', ..] && _text.StartsWith(ClientId, StringComparison.Ordinal))
            && TopicName.TryParse(_text.Replace(ClientId, clientId, StringComparison.Ordinal), out name);
    }
}
