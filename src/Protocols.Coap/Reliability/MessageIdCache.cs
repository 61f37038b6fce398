using Edge.Protocols.Coap.Codec;

namespace Edge.Protocols.Coap.Reliability;

/// <summary>Message IDs that came of late, with what they were answered, so that a copy of a message is told from a new one (RFC 7252 §4.5).</summary>
/// <remarks>
/// A ring in the order in which they came. Who turns it once in EXCHANGE_LIFETIME forgets none that is younger than that, and keeps none that is older than twice that. When there
/// are too many the oldest goes early: the end point uses more of them at a time than it may (NSTART, §4.7). A look goes through all of them, which are two octets each.
/// </remarks>
/// <param name="capacity">Most Message IDs; 1 and up.</param>
internal sealed class MessageIdCache(int capacity)
{
    private const int FewAtFirst = 16;

    /// <summary>Stands for the answer to what is done anew for each copy; no answer has a code of class 7 (§5.2).</summary>
    private static readonly CoapCode MayBeDoneAgain = new(0xFF);

    private ushort[] _ids = [];
    private CoapCode[] _codes = [];

    /// <summary>Answers that are more than a code, at the places of their Message IDs; null while there are none.</summary>
    private byte[]?[]? _frames;

    /// <summary>Place of the oldest.</summary>
    private int _first;

    /// <summary>How many of them were there at the last turn.</summary>
    private int _old;

    /// <summary>Message IDs that are known.</summary>
    public int Count { get; private set; }

    /// <summary>Takes note of a Message ID.</summary>
    /// <param name="messageId">Message ID of the message that came.</param>
    /// <param name="answer">What it was answered with; the default when that is yet to come, or nothing.</param>
    /// <returns>False when the message is a copy.</returns>
    public bool TryAdd(ushort messageId, out SentAnswer answer)
    {
        if (Find(messageId) is >= 0 and var known)
        {
            var isCopy = _codes[known] != MayBeDoneAgain;
            answer = isCopy ? new SentAnswer(_codes[known], _frames?[known]) : default;
            Set(known, answer);
            return !isCopy;
        }

        answer = default;
        if (Count == _ids.Length)
        {
            MakeRoom();
        }

        var place = PlaceOf(Count++);
        _ids[place] = messageId;
        Set(place, default);
        return true;
    }

    /// <summary>Keeps the answer to a message, as long as that is known.</summary>
    public void SetAnswer(ushort messageId, SentAnswer answer)
    {
        if (Find(messageId) is >= 0 and var place)
        {
            Set(place, answer);
        }
    }

    /// <summary>Has a copy of a message taken for a new one.</summary>
    public void Forget(ushort messageId) => SetAnswer(messageId, new SentAnswer(MayBeDoneAgain));

    /// <summary>Forgets those that were there at the turn before.</summary>
    public void Turn()
    {
        for (; _old > 0; _old--)
        {
            Drop();
        }

        _old = Count;
    }

    private void Drop()
    {
        Set(_first, default);
        _first = (_first + 1) % _ids.Length;
        Count--;
    }

    private void Set(int place, SentAnswer answer)
    {
        _codes[place] = answer.Code;
        if (answer.Frame is not null)
        {
            _frames ??= new byte[]?[_ids.Length];
        }

        if (_frames is not null)
        {
            _frames[place] = answer.Frame;
        }
    }

    /// <summary>Place of a Message ID; negative when it is not known.</summary>
    private int Find(ushort messageId)
    {
        // Mostly it is the latest, which is being answered or was sent again.
        if (Count > 0 && PlaceOf(Count - 1) is var latest && _ids[latest] == messageId)
        {
            return latest;
        }

        var toEnd = Math.Min(Count, _ids.Length - _first);
        var place = _ids.AsSpan(_first, toEnd).IndexOf(messageId);
        return place >= 0 ? _first + place : _ids.AsSpan(0, Count - toEnd).IndexOf(messageId);
    }

    private int PlaceOf(int index) => (_first + index) % _ids.Length;

    private void MakeRoom()
    {
        if (_ids.Length == capacity)
        {
            _old = Math.Max(_old - 1, 0);
            Drop();
            return;
        }

        var size = Math.Min(Math.Max(_ids.Length * 2, FewAtFirst), capacity);
        _ids = InOrder(_ids, size);
        _codes = InOrder(_codes, size);
        _frames = _frames is null ? null : InOrder(_frames, size);
        _first = 0;
    }

    private T[] InOrder<T>(T[] ring, int size)
    {
        var larger = new T[size];
        ring.AsSpan(_first).CopyTo(larger);
        ring.AsSpan(0, _first).CopyTo(larger.AsSpan(ring.Length - _first));
        return larger;
    }
}
