using Edge.Messaging;
using Edge.Messaging.Stores;
using Microsoft.Extensions.Logging;

namespace Edge.Storage;

/// <summary>The durable store: queues, sessions, retained and delayed messages in one SQLite database, written by group commit.</summary>
/// <remarks>
/// <para>Safe for any number of callers. Owners of entries are told from the store's own thread.</para>
/// <para>
/// While the disk does not take writes (full, failing) everything stays in memory, in order and unacknowledged, until it does again.
/// A database that is damaged, at start or later, is replaced by one with all that could be read of it.
/// </para>
/// </remarks>
public sealed class SqliteStore : IMessageLog, ISessionStore, IAsyncDisposable
{
    private readonly StoreFile _file;
    private readonly StoreCounters _counters;
    private readonly GroupCommit _commits;
    private StoredState? _state;

    private SqliteStore(StoreFile file, StoredState state, StoreCounters counters, StorageOptions options, TimeProvider clock, ILogger logger)
    {
        _file = file;
        _state = state;
        _counters = counters;
        _commits = new GroupCommit(file, options, counters, clock, logger);
    }

    /// <summary>False while nothing can be written, or when the disk has not answered for 30 s.</summary>
    public bool IsHealthy => _commits.IsHealthy;

    /// <summary>When a transaction last reached the disk; null before the first.</summary>
    public DateTimeOffset? LastCommitAt => _counters.LastCommitAt;

    /// <summary>Transactions on disk since the start.</summary>
    public long Commits => _counters.Commits;

    /// <summary>Octets appended to the write-ahead log since the start; a checkpoint later writes each changed page once more.</summary>
    public long OctetsWritten => _counters.OctetsWritten;

    /// <summary>Entries on disk since the start.</summary>
    public long EntriesWritten => _counters.EntriesWritten;

    /// <summary>Entries acknowledged so soon that they were never written, since the start.</summary>
    public long EntriesLeftOut => _counters.EntriesLeftOut;

    /// <summary>Records found damaged and left out, since the start.</summary>
    public long DamagedRecords => _counters.DamagedRecords;

    /// <summary>Opens the store, which is made when missing and repaired when damaged.</summary>
    /// <param name="options">Where it is, and how long writes may wait for company.</param>
    /// <param name="drops">Counts messages found damaged here. One that <see cref="ReadAsync"/> leaves out is counted by its reader.</param>
    /// <param name="clock">Tells the time.</param>
    /// <param name="logger">Where the store speaks.</param>
    /// <exception cref="StoreUnavailableException">It cannot be opened, or another process has it; the message says what to do.</exception>
    public static SqliteStore Open(StorageOptions options, IDropCounter drops, TimeProvider clock, ILogger<SqliteStore> logger)
    {
        var counters = new StoreCounters();
        var (file, state, lostMessages) = StoreFile.Open(options.Directory, counters, clock, logger);
        if (lostMessages > 0)
        {
            drops.Count(DropCause.Corrupt, lostMessages);
        }

        return new SqliteStore(file, state, counters, options, clock, logger);
    }

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">It was asked for before.</exception>
    public StoredState Load() =>
        Interlocked.Exchange(ref _state, null) ?? throw new InvalidOperationException("What the store held at start can be taken once.");

    /// <inheritdoc/>
    public void Append(IReadOnlyList<LogEntry> entries, ReceivedExchange? received = null, long? delayed = null, SessionRecord? parted = null) =>
        _commits.Enqueue((entries, received, delayed, parted), static (batch, appended) =>
        {
            foreach (var entry in appended.entries)
            {
                batch.Append(entry);
            }

            if (appended.received is { } exchange)
            {
                batch.OpenExchange(exchange);
            }

            if (appended.delayed is { } number)
            {
                batch.DeleteDelayed(number);
            }

            if (appended.parted is { } session)
            {
                batch.SaveSession(session);
            }
        });

    /// <inheritdoc/>
    public void MarkReceived(LogEntry entry) => _commits.Enqueue(entry, static (batch, received) => batch.MarkReceived(received));

    /// <inheritdoc/>
    public void Remove(long queue, long position) => _commits.Enqueue(EntryKey.Of(queue, position), static (batch, key) => batch.Remove(key));

    /// <inheritdoc/>
    public void RemoveQueue(long queue) => _commits.Enqueue(queue, static (batch, number) => batch.RemoveQueue(number));

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<LogEntry>> ReadAsync(long queue, long fromPosition, long toPosition)
    {
        var keys = new KeyRange(EntryKey.Of(queue, fromPosition), EntryKey.Of(queue, toPosition));
        return await _commits.ReadAsync(file => file.Read(tables => tables.Read(keys)));
    }

    /// <inheritdoc/>
    public void SaveSession(SessionRecord session) => _commits.Enqueue(session, static (batch, record) => batch.SaveSession(record));

    /// <inheritdoc/>
    public void DeleteSession(long number) => _commits.Enqueue(number, static (batch, session) => batch.DeleteSession(session));

    /// <inheritdoc/>
    public void SaveSubscription(long session, Subscription subscription) =>
        _commits.Enqueue((session, subscription), static (batch, saved) => batch.SaveSubscription(saved.session, saved.subscription));

    /// <inheritdoc/>
    public void DeleteSubscription(long session, TopicFilter filter) =>
        _commits.Enqueue((session, filter), static (batch, deleted) => batch.DeleteSubscription(deleted.session, deleted.filter));

    /// <inheritdoc/>
    public void RemoveReceived(ReceivedExchange exchange) =>
        _commits.Enqueue(exchange, static (batch, received) => batch.CloseExchange(received));

    /// <inheritdoc/>
    public void SaveRetained(Message message) => _commits.Enqueue(message, static (batch, retained) => batch.SaveRetained(retained));

    /// <inheritdoc/>
    public void DeleteRetained(TopicName topic) => _commits.Enqueue(topic, static (batch, name) => batch.DeleteRetained(name));

    /// <inheritdoc/>
    public void SaveDelayed(DelayedMessage delayed, ReceivedExchange? received = null, SessionRecord? parted = null) =>
        _commits.Enqueue((delayed, received, parted), static (batch, saved) =>
        {
            batch.SaveDelayed(saved.delayed);
            if (saved.received is { } exchange)
            {
                batch.OpenExchange(exchange);
            }

            if (saved.parted is { } session)
            {
                batch.SaveSession(session);
            }
        });

    /// <inheritdoc/>
    public void DeleteDelayed(long number) => _commits.Enqueue(number, static (batch, deleted) => batch.DeleteDelayed(deleted));

    /// <inheritdoc/>
    public Task CommitAsync() => _commits.CommitAsync();

    /// <summary>Writes what waits and closes the store.</summary>
    /// <param name="cancellation">Ends the wait for a disk that does not take writes; what could not be written is counted in the log.</param>
    public async Task StopAsync(CancellationToken cancellation)
    {
        await _commits.StopAsync(cancellation);
        _file.Dispose();
        _counters.Dispose();
    }

    /// <summary>Writes what waits, in one attempt, and closes the store.</summary>
    public async ValueTask DisposeAsync() => await StopAsync(new CancellationToken(canceled: true));

    /// <summary>Runs a statement between two commits.</summary>
    internal Task ExecuteAsync(string sql) => _commits.ReadAsync(file =>
    {
        file.Execute(sql);
        return true;
    });
}
