using CsCheck;
using Edge.Messaging;
using Edge.Messaging.Stores;
using Edge.Messaging.Wire;
using Edge.Storage.Records;
using Edge.Storage.Tables;
using Record = Edge.Storage.Records.Record;

namespace Edge.Storage.Tests;

/// <summary>Whatever a disk gives back, under a checksum that says it is right; <c>tests/fuzz.sh</c> runs it for long.</summary>
public sealed class FuzzTests
{
    private const long Key = 4711;

    private static readonly byte[][] Good =
    [
        .. Messages.Any.Array[40].Single().Select(Write),
        .. Messages.Any.Array[10].Single().Select(WriteSession),
        .. Messages.Any.Array[10].Single().Select(WriteSubscription),
        .. Messages.Any.Array[10].Single().Select(WriteHead),
    ];

    [Fact]
    public void Records() => Fuzzing.Run(Good, (octets, random) =>
    {
        var reader = new WireReader(octets);
        if (MessageCodec.TryRead(ref reader, out var message))
        {
            var again = new WireReader(Write(message));
            Assert.True(MessageCodec.TryRead(ref again, out var same) && Messages.AreEqual(message, same));
        }

        Assert.Equal(SessionCodec.TryRead(Key, octets, out var session), session is not null);
        Assert.Equal(SubscriptionCodec.TryRead(octets, out var subscription), subscription is not null);
        var record = new byte[octets.Length + Record.Overhead];
        octets.CopyTo(record, 1);
        Record.Seal(Key, record);
        Assert.True(SegmentHead.TryOpen(Key, record, out var head));
        for (var entries = 0; head.TryReadNext(out var entry); entries++)
        {
            Assert.True(entries <= octets.Length && entry.FlagsAt <= octets.Length);
        }

        record[random.Next(record.Length)] ^= (byte)(1 << random.Next(8));
        Assert.False(Record.TryOpen(Key, record, out _));
    });

    private static byte[] Write(Message message)
    {
        var octets = new byte[MessageCodec.SizeOf(message)];
        var writer = new WireWriter(octets);
        MessageCodec.Write(ref writer, message);
        return octets;
    }

    private static byte[] WriteSession(Message message)
    {
        var session = new SessionRecord
        {
            Number = Key,
            ClientId = message.Origin ?? "client",
            UserName = "user",
            Peer = "192.0.2.1:0",
            Expiry = TimeSpan.FromDays(1),
            DisconnectedAt = DateTimeOffset.UnixEpoch,
            Will = new WillMessage(message, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(2)),
        };
        var octets = new byte[SessionCodec.SizeOf(session)];
        var writer = new WireWriter(octets);
        SessionCodec.Write(ref writer, session);
        return octets;
    }

    private static byte[] WriteSubscription(Message message)
    {
        Assert.True(TopicFilter.TryParse($"$share/g/{message.Topic}/#", out var filter));
        var subscription = new Subscription { Filter = filter, MaximumQos = message.Qos, Identifier = 7 };
        var octets = new byte[SubscriptionCodec.SizeOf(subscription)];
        var writer = new WireWriter(octets);
        SubscriptionCodec.Write(ref writer, subscription);
        return octets;
    }

    private static byte[] WriteHead(Message message)
    {
        Assert.True(TopicFilter.TryParse("$share/g/#", out var share));
        LogEntry[] entries =
        [
            new LogEntry(1, 1) { Message = message },
            new LogEntry(1, 2) { Message = message, Qos = message.Qos, Retain = message.Retain, SubscriptionIdentifiers = [1, 268_435_455], Share = share },
        ];
        var octets = new byte[entries.Sum(entry => SegmentHead.SizeOf(entry, message.Payload.Length))];
        var writer = new WireWriter(octets);
        foreach (var entry in entries)
        {
            SegmentHead.Write(ref writer, entry, EntryFlags.Shared, message.Payload.Length);
        }

        return octets;
    }
}
