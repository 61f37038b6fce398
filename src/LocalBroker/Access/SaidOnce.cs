namespace Edge.LocalBroker.Access;

/// <summary>Remembers for an hour what was said, so that it is not said again and again. A bounded number of things; what is beyond is not said. For any thread.</summary>
/// <param name="clock">Measures the hour.</param>
public sealed class SaidOnce(TimeProvider clock)
{
    private const int MostThings = 1_024;
    private static readonly TimeSpan Memory = TimeSpan.FromHours(1);

    private readonly Lock _gate = new();
    private readonly HashSet<int> _said = [];
    private long _since = clock.GetTimestamp();

    /// <summary>Whether to say it.</summary>
    /// <param name="thing">Hash code of what is to be said.</param>
    public bool IsFirst(int thing)
    {
        lock (_gate)
        {
            if (clock.GetElapsedTime(_since) > Memory)
            {
                _said.Clear();
                _since = clock.GetTimestamp();
            }

            return _said.Count < MostThings && _said.Add(thing);
        }
    }
}
