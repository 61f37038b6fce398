using System.Collections.Concurrent;
using Edge.Messaging;

namespace Edge.Storage.Tests;

/// <summary>Counts losses.</summary>
internal sealed class Drops : IDropCounter
{
    private readonly ConcurrentDictionary<DropCause, long> _counts = new();

    public void Count(DropCause cause, long count = 1) => _counts.AddOrUpdate(cause, count, (_, before) => before + count);

    public long Read(DropCause cause) => _counts.GetValueOrDefault(cause);
}
