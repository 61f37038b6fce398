namespace Edge.Gateway.Fronts;

/// <summary>First in, first out, where there is mostly one at a time: that one is in place, and only what waits behind it costs memory of its own.</summary>
internal struct ShortQueue<T>
    where T : struct
{
    private T? _first;
    private Queue<T>? _rest;

    /// <summary>How many there are.</summary>
    public readonly int Count => (_first is null ? 0 : 1) + (_rest?.Count ?? 0);

    /// <summary>Adds one at the end.</summary>
    public void Enqueue(in T item)
    {
        if (_first is null)
        {
            _first = item;
        }
        else
        {
            (_rest ??= new()).Enqueue(item);
        }
    }

    /// <summary>The first of them, which stays.</summary>
    public readonly bool TryPeek(out T item)
    {
        item = _first.GetValueOrDefault();
        return _first is not null;
    }

    /// <summary>Takes the first away, if there is one.</summary>
    public void Dequeue() => _first = _rest is not null && _rest.TryDequeue(out var next) ? next : null;
}
