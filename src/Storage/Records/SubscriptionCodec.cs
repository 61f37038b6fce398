using System.Diagnostics.CodeAnalysis;
using System.Text;
using Edge.Messaging;
using Edge.Messaging.Wire;

namespace Edge.Storage.Records;

/// <summary>What a subscription asks for, as it is kept: options as in SUBSCRIBE (MQTT 5.0 §3.8.3.1), Subscription Identifier, Topic Filter.</summary>
/// <remarks>
/// <code>
/// options | Subscription Identifier | Topic Filter
///    1    |           4             |      n        octets
/// </code>
/// The filter is the row's key as well; here the checksum covers it.
/// </remarks>
internal static class SubscriptionCodec
{
    private const byte QosMask = 0b11;
    private const byte NoLocal = 0x04;
    private const byte RetainAsPublished = 0x08;
    private const int RetainHandlingShift = 4;

    public static int SizeOf(Subscription subscription) => 1 + sizeof(uint) + Encoding.UTF8.GetByteCount(subscription.Filter.ToString());

    public static void Write(ref WireWriter writer, Subscription subscription)
    {
        writer.WriteByte(OptionsOf(subscription));
        writer.WriteUInt32(subscription.Identifier);
        writer.WriteBytes(Encoding.UTF8.GetBytes(subscription.Filter.ToString()));
    }

    public static bool TryRead(ReadOnlySpan<byte> content, [NotNullWhen(true)] out Subscription? subscription)
    {
        var reader = new WireReader(content);
        var options = reader.ReadByte();
        var identifier = reader.ReadUInt32();
        var isValid = TopicFilter.TryParse(reader.ReadToEnd(), out var filter)
            && (options & QosMask) != QosMask
            && options >> RetainHandlingShift <= (int)RetainHandling.DoNotSend;
        subscription = isValid
            ? new Subscription
            {
                Filter = filter,
                MaximumQos = (QualityOfService)(options & QosMask),
                NoLocal = (options & NoLocal) != 0,
                RetainAsPublished = (options & RetainAsPublished) != 0,
                RetainHandling = (RetainHandling)(options >> RetainHandlingShift),
                Identifier = identifier,
            }
            : null;
        return isValid;
    }

    private static byte OptionsOf(Subscription subscription) => (byte)(
        (int)subscription.MaximumQos
        | (subscription.NoLocal ? NoLocal : 0)
        | (subscription.RetainAsPublished ? RetainAsPublished : 0)
        | ((int)subscription.RetainHandling << RetainHandlingShift));
}
