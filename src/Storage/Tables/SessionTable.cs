using Edge.Messaging;
using Edge.Messaging.Stores;
using Edge.Messaging.Wire;
using Edge.Storage.Records;
using Edge.Storage.Sqlite;

namespace Edge.Storage.Tables;

/// <summary>Sessions on disk, with their subscriptions and their open incoming QoS 2 exchanges.</summary>
internal sealed class SessionTable
{
    private const int PacketIdBits = 16;

    private readonly Statement _save;
    private readonly Statement _select;
    private readonly Statement _delete;
    private readonly Statement _saveSubscription;
    private readonly Statement _selectSubscriptions;
    private readonly Statement _deleteSubscription;
    private readonly Statement _deleteSubscriptions;
    private readonly Statement _saveExchange;
    private readonly Statement _selectExchanges;
    private readonly Statement _deleteExchanges;
    private readonly Scratch _scratch = new();

    public SessionTable(Connection connection)
    {
        _save = connection.Prepare("INSERT INTO session (id, record) VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET record = excluded.record");
        _select = connection.Prepare("SELECT id, record FROM session ORDER BY id");
        _delete = connection.Prepare("DELETE FROM session WHERE id = ?");
        _saveSubscription = connection.Prepare("INSERT OR REPLACE INTO subscription (session, filter, record) VALUES (?, ?, ?)");
        _selectSubscriptions = connection.Prepare("SELECT session, filter, record FROM subscription ORDER BY session, filter");
        _deleteSubscription = connection.Prepare("DELETE FROM subscription WHERE session = ? AND filter = ?");
        _deleteSubscriptions = connection.Prepare("DELETE FROM subscription WHERE session = ?");
        _saveExchange = connection.Prepare("INSERT OR REPLACE INTO received (id, record) VALUES (?, ?)");
        _selectExchanges = connection.Prepare("SELECT id, record FROM received ORDER BY id");
        _deleteExchanges = connection.Prepare("DELETE FROM received WHERE id BETWEEN ? AND ?");
    }

    public void Save(SessionRecord session)
    {
        var record = _scratch.Take(SessionCodec.SizeOf(session) + Record.Overhead);
        var writer = new WireWriter(record[1..]);
        SessionCodec.Write(ref writer, session);
        Record.Seal(session.Number, record);
        _save.Bind(1, session.Number).Bind(2, record).Run();
    }

    /// <summary>Deletes a session with all but its queue.</summary>
    public void Delete(long number)
    {
        _delete.Bind(1, number).Run();
        _deleteSubscriptions.Bind(1, number).Run();
        if (number <= long.MaxValue >> PacketIdBits)
        {
            _deleteExchanges.Bind(1, IdOf(new ReceivedExchange(number, 0))).Bind(2, IdOf(new ReceivedExchange(number, ushort.MaxValue))).Run();
        }
    }

    public void SaveSubscription(long session, Subscription subscription)
    {
        var record = _scratch.Take(SubscriptionCodec.SizeOf(subscription) + Record.Overhead);
        var writer = new WireWriter(record[1..]);
        SubscriptionCodec.Write(ref writer, subscription);
        Record.Seal(session, record);
        _saveSubscription.Bind(1, session).Bind(2, subscription.Filter.ToString()).Bind(3, record).Run();
    }

    public void DeleteSubscription(long session, string filter) => _deleteSubscription.Bind(1, session).Bind(2, filter).Run();

    public void SaveExchange(ReceivedExchange exchange)
    {
        var id = IdOf(exchange);
        var record = _scratch.Take(Record.Overhead);
        Record.Seal(id, record);
        _saveExchange.Bind(1, id).Bind(2, record).Run();
    }

    public void DeleteExchange(ReceivedExchange exchange) => _deleteExchanges.Bind(1, IdOf(exchange)).Bind(2, IdOf(exchange)).Run();

    /// <summary>Reads every session.</summary>
    /// <param name="damaged">Takes the numbers of those that cannot be read.</param>
    public Dictionary<long, SessionRecord> Load(List<long> damaged)
    {
        var sessions = new Dictionary<long, SessionRecord>();
        using var rows = _select.Query();
        while (rows.Next())
        {
            var number = rows.Int64(0);
            if (Record.TryOpen(number, rows.Blob(1), out var content) && SessionCodec.TryRead(number, content, out var session))
            {
                sessions.Add(number, session);
            }
            else
            {
                damaged.Add(number);
            }
        }

        return sessions;
    }

    /// <summary>Reads every subscription with its session's number and its filter; null where it is damaged.</summary>
    public List<(long Session, string Filter, Subscription? Subscription)> LoadSubscriptions()
    {
        var subscriptions = new List<(long, string, Subscription?)>();
        using var rows = _selectSubscriptions.Query();
        while (rows.Next())
        {
            var session = rows.Int64(0);
            Subscription? subscription = null;
            if (Record.TryOpen(session, rows.Blob(2), out var content))
            {
                SubscriptionCodec.TryRead(content, out subscription);
            }

            subscriptions.Add((session, rows.Text(1), subscription));
        }

        return subscriptions;
    }

    /// <summary>Reads every open exchange. A damaged one counts as open: it can only keep a message from being published twice.</summary>
    public List<ReceivedExchange> LoadExchanges()
    {
        var exchanges = new List<ReceivedExchange>();
        using var rows = _selectExchanges.Query();
        while (rows.Next())
        {
            exchanges.Add(new ReceivedExchange(rows.Int64(0) >> PacketIdBits, (ushort)rows.Int64(0)));
        }

        return exchanges;
    }

    private static long IdOf(ReceivedExchange exchange) => (exchange.Session << PacketIdBits) | exchange.PacketId;
}
