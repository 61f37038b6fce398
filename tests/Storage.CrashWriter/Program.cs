using System.Diagnostics;
using System.Globalization;
using System.Threading.Channels;
using Edge.Messaging;
using Edge.Messaging.Stores;
using Edge.Storage;
using Microsoft.Extensions.Logging.Abstractions;

// Fills a store and says what it holds, one line each, until it is killed:
//   stored N     the message at position N is on disk
//   received N   that PUBREC came for it is on disk
//   retained N   the retained value N, or a later one, is on disk
//   removing N   the message at position N may be gone from now on
// Arguments: folder of the store; octets of a payload; position at which to die, as soon as it is stored.
var folder = args[0];
var payload = new byte[int.Parse(args[1], CultureInfo.InvariantCulture)];
var lastPosition = long.Parse(args[2], CultureInfo.InvariantCulture);

var store = SqliteStore.Open(
    new StorageOptions { Directory = folder, CommitDelay = TimeSpan.FromMilliseconds(1), RemovalDelay = TimeSpan.FromMilliseconds(5) },
    new NoDrops(),
    TimeProvider.System,
    NullLogger<SqliteStore>.Instance);
var session = store.Load().Sessions.SingleOrDefault();
store.SaveSession(session?.Record ?? new SessionRecord { Number = 1, ClientId = "crash", Expiry = TimeSpan.MaxValue });
await using var output = Console.OpenStandardOutput();
var writer = new Writer(store, output, lastPosition);
if (!TopicName.TryParse("crash/test", out var topic))
{
    return 1;
}

for (var position = session is { Entries: [.., var last] } ? last.Position + 1 : 0; ; position++)
{
    var message = new Message { Topic = topic, Payload = payload, Qos = QualityOfService.ExactlyOnce };
    store.SaveRetained(message with { Payload = BitConverter.GetBytes(position) });
    await writer.AppendAsync(new LogEntry(1, position) { Qos = message.Qos, Size = message.Size, Message = message, Owner = writer });
    if (position % 16 == 15)
    {
        await store.CommitAsync();
        writer.Say("retained", position);
    }
}

/// <summary>A publisher with twenty messages under way, whose receiver keeps two hundred unacknowledged.</summary>
internal sealed class Writer(SqliteStore store, Stream output, long lastPosition) : ILogEntryOwner
{
    private const int UnderWay = 20;
    private const int Kept = 200;

    private readonly Channel<bool> _places = Channel.CreateUnbounded<bool>();
    private readonly Lock _gate = new();
    private int _appended;

    public async Task AppendAsync(LogEntry entry)
    {
        if (_appended++ >= UnderWay)
        {
            await _places.Reader.ReadAsync();
        }

        store.Append([entry]);
    }

    public void OnStored(LogEntry entry)
    {
        Say("stored", entry.Position);
        if (entry.Position == lastPosition)
        {
            Process.GetCurrentProcess().Kill();
        }

        if (entry.Position % 7 == 0)
        {
            store.MarkReceived(entry);
        }

        if (entry.Position >= Kept)
        {
            Say("removing", entry.Position - Kept);
            store.Remove(1, entry.Position - Kept);
        }

        _places.Writer.TryWrite(true);
    }

    public void OnReceivedStored(LogEntry entry) => Say("received", entry.Position);

    public void Say(string what, long position)
    {
        lock (_gate)
        {
            output.Write(System.Text.Encoding.ASCII.GetBytes($"{what} {position}\n"));
        }
    }
}

/// <summary>Nothing is lost here, so nothing is counted.</summary>
internal sealed class NoDrops : IDropCounter
{
    public void Count(DropCause cause, long count = 1) => throw new InvalidOperationException($"{count} messages lost: {cause}");

    public long Read(DropCause cause) => 0;
}
