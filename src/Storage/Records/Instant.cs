using Edge.Messaging.Wire;

namespace Edge.Storage.Records;

/// <summary>An instant as it is kept: 100 ns ticks of UTC since the year 1, in eight octets.</summary>
internal static class Instant
{
    public static void Write(ref WireWriter writer, DateTimeOffset instant) => writer.WriteUInt64((ulong)instant.UtcTicks);

    /// <summary>Null when the octets name no instant.</summary>
    public static DateTimeOffset? Read(ref WireReader reader) =>
        reader.ReadUInt64() is var ticks && ticks <= (ulong)DateTimeOffset.MaxValue.Ticks ? new DateTimeOffset((long)ticks, TimeSpan.Zero) : null;
}
