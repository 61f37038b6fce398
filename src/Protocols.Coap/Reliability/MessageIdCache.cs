namespace Edge.Protocols.Coap.Reliability;

/// <summary>Message IDs that an end point has used of late, and what they were answered with, so that a copy is answered the same and done once (RFC 7252 §4.5).</summary>
/// <remarks>
/// Kept in two generations: <see cref="Turn"/>, called every EXCHANGE_LIFETIME, forgets those that are older than that. When there are too many of one
/// generation the oldest half goes early: the end point uses more of them at a time than it may (NSTART, §4.7).
/// </remarks>
/// <param name="capacity">Most Message IDs of one generation; 1 and up.</param>
internal sealed class MessageIdCache(int capacity)
{
    private Dictionary<ushort, byte[]?> _young = [];
    private Dictionary<ushort, byte[]?> _old = [];

    /// <summary>Message IDs that are known.</summary>
    public int Count => _young.Count + _old.Count;

    /// <summary>Takes note of a Message ID.</summary>
    /// <param name="messageId">Message ID of the message that came.</param>
    /// <param name="answer">What it was answered with; null when that is yet to come, or nothing.</param>
    /// <returns>False when the message is a copy.</returns>
    public bool TryAdd(ushort messageId, out byte[]? answer)
    {
        if (_young.TryGetValue(messageId, out answer) || _old.TryGetValue(messageId, out answer))
        {
            return false;
        }

        if (_young.Count >= capacity)
        {
            Turn();
        }

        _young.Add(messageId, null);
        return true;
    }

    /// <summary>Keeps the answer to a message, as long as that is known.</summary>
    public void SetAnswer(ushort messageId, byte[] answer)
    {
        if (_young.ContainsKey(messageId))
        {
            _young[messageId] = answer;
        }
        else if (_old.ContainsKey(messageId))
        {
            _old[messageId] = answer;
        }
    }

    /// <summary>Forgets the older generation.</summary>
    public void Turn()
    {
        (_old, _young) = (_young, _old);
        _young.Clear();
    }
}
