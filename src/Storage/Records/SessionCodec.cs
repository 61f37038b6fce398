using System.Diagnostics.CodeAnalysis;
using System.Text;
using Edge.Messaging;
using Edge.Messaging.Stores;
using Edge.Messaging.Wire;

namespace Edge.Storage.Records;

/// <summary>The terms of a session as they are kept.</summary>
/// <remarks>
/// <code>
/// parts | expiry, ticks | ClientId, prefixed | [user name, prefixed] | [peer, prefixed] | [certificate name, prefixed] | [ACL, prefixed] | [end of connection] | [sleep, ticks, 0 for none | length of the note | note] | [Will Delay, ticks | [Will expiry, ticks] | Will]
///   1   |      8        |       2 + n        |         2 + n         |      2 + n       |            2 + n             |      2 + n      |         8           |           8                  |        4           |  n   |         8          |          8          |  n    octets
/// </code>
/// </remarks>
internal static class SessionCodec
{
    [Flags]
    private enum Parts : byte
    {
        DisconnectedAt = 0x01,
        Will = 0x02,
        WillExpiry = 0x04,
        UserName = 0x08,
        Peer = 0x10,
        CertificateName = 0x20,
        Acl = 0x40,
        Note = 0x80,
    }

    public static int SizeOf(SessionRecord session) =>
        1 + sizeof(long) + 2 + Encoding.UTF8.GetByteCount(session.ClientId)
        + SizeOf(session.UserName)
        + SizeOf(session.Peer)
        + SizeOf(session.CertificateName)
        + SizeOf(session.Acl)
        + (session.DisconnectedAt is null ? 0 : sizeof(long))
        + (HasNote(session) ? sizeof(long) + sizeof(uint) + session.Note.Length : 0)
        + (session.Will is null ? 0 : sizeof(long) + MessageCodec.SizeOf(session.Will.Message))
        + (session.Will?.ExpiryInterval is null ? 0 : sizeof(long));

    public static void Write(ref WireWriter writer, SessionRecord session)
    {
        writer.WriteByte((byte)PartsOf(session));
        writer.WriteUInt64((ulong)session.Expiry.Ticks);
        writer.WritePrefixed(session.ClientId);
        WriteIfAny(ref writer, session.UserName);
        WriteIfAny(ref writer, session.Peer);
        WriteIfAny(ref writer, session.CertificateName);
        WriteIfAny(ref writer, session.Acl);
        if (session.DisconnectedAt is { } disconnectedAt)
        {
            Instant.Write(ref writer, disconnectedAt);
        }

        if (HasNote(session))
        {
            writer.WriteUInt64((ulong)(session.Sleep?.Ticks ?? 0));
            writer.WriteUInt32((uint)session.Note.Length);
            writer.WriteBytes(session.Note.Span);
        }

        if (session.Will is { } will)
        {
            writer.WriteUInt64((ulong)will.Delay.Ticks);
            if (will.ExpiryInterval is { } interval)
            {
                writer.WriteUInt64((ulong)interval.Ticks);
            }

            MessageCodec.Write(ref writer, will.Message);
        }
    }

    public static bool TryRead(long number, ReadOnlySpan<byte> content, [NotNullWhen(true)] out SessionRecord? session)
    {
        session = null;
        var reader = new WireReader(content);
        var parts = (Parts)reader.ReadByte();
        var expiry = new TimeSpan((long)reader.ReadUInt64());
        if (!Utf8Text.TryDecode(reader.ReadPrefixed(), out var clientId))
        {
            return false;
        }

        if (!TryReadIfAny(ref reader, parts.HasFlag(Parts.UserName), out var userName)
            || !TryReadIfAny(ref reader, parts.HasFlag(Parts.Peer), out var peer)
            || !TryReadIfAny(ref reader, parts.HasFlag(Parts.CertificateName), out var certificateName)
            || !TryReadIfAny(ref reader, parts.HasFlag(Parts.Acl), out var acl))
        {
            return false;
        }

        var disconnectedAt = parts.HasFlag(Parts.DisconnectedAt) ? Instant.Read(ref reader) : null;
        TimeSpan? sleep = null;
        ReadOnlyMemory<byte> note = default;
        if (parts.HasFlag(Parts.Note))
        {
            sleep = (long)reader.ReadUInt64() is not 0 and var ticks ? new TimeSpan(ticks) : null;
            note = reader.ReadBytes((int)Math.Min(reader.ReadUInt32(), int.MaxValue)).ToArray();
        }

        WillMessage? will = null;
        if (parts.HasFlag(Parts.Will))
        {
            var delay = new TimeSpan((long)reader.ReadUInt64());
            TimeSpan? interval = parts.HasFlag(Parts.WillExpiry) ? new TimeSpan((long)reader.ReadUInt64()) : null;
            if (!MessageCodec.TryRead(ref reader, out var message))
            {
                return false;
            }

            will = new WillMessage(message, delay, interval);
        }

        if (reader.IsTruncated || parts.HasFlag(Parts.DisconnectedAt) != disconnectedAt.HasValue)
        {
            return false;
        }

        session = new SessionRecord
        {
            Number = number,
            ClientId = clientId,
            UserName = userName,
            Peer = peer,
            CertificateName = certificateName,
            Acl = acl,
            Expiry = expiry,
            DisconnectedAt = disconnectedAt,
            Sleep = sleep,
            Note = note,
            Will = will,
        };
        return true;
    }

    private static Parts PartsOf(SessionRecord session) =>
        (session.DisconnectedAt is null ? 0 : Parts.DisconnectedAt)
        | (session.Will is null ? 0 : Parts.Will)
        | (session.Will?.ExpiryInterval is null ? 0 : Parts.WillExpiry)
        | (session.UserName is null ? 0 : Parts.UserName)
        | (session.Peer is null ? 0 : Parts.Peer)
        | (session.CertificateName is null ? 0 : Parts.CertificateName)
        | (session.Acl is null ? 0 : Parts.Acl)
        | (HasNote(session) ? Parts.Note : 0);

    private static bool HasNote(SessionRecord session) => session.Sleep is not null || !session.Note.IsEmpty;

    private static int SizeOf(string? text) => text is null ? 0 : 2 + Encoding.UTF8.GetByteCount(text);

    private static void WriteIfAny(ref WireWriter writer, string? text)
    {
        if (text is not null)
        {
            writer.WritePrefixed(text);
        }
    }

    private static bool TryReadIfAny(scoped ref WireReader reader, bool isThere, out string? text)
    {
        text = null;
        return !isThere || Utf8Text.TryDecode(reader.ReadPrefixed(), out text);
    }
}
