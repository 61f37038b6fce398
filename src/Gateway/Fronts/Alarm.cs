namespace Edge.Gateway.Fronts;

/// <summary>What a <see cref="TimerWheel"/> wakes: it can be set, set to another time, and taken back.</summary>
/// <param name="wake">Called when the time has come, from any thread.</param>
internal sealed class Alarm(Action wake)
{
    private Alarm? _previous;
    private Alarm? _next;

    /// <summary>The wheel's tick at which it rings. The wheel's own, as all that follows.</summary>
    public long Tick { get; set; }

    /// <summary>What it calls.</summary>
    public Action Wake => wake;

    /// <summary>The alarm behind this one.</summary>
    public Alarm? Next => _next;

    /// <summary>Whether it stands behind another.</summary>
    public bool IsSet => _previous is not null;

    /// <summary>Puts another one right behind this one.</summary>
    public void Insert(Alarm other)
    {
        (other._previous, other._next) = (this, _next);
        if (_next is not null)
        {
            _next._previous = other;
        }

        _next = other;
    }

    /// <summary>Takes it from between its neighbours.</summary>
    public void Remove()
    {
        _previous!._next = _next;
        if (_next is not null)
        {
            _next._previous = _previous;
        }

        (_previous, _next) = (null, null);
    }
}
