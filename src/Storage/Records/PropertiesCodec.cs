using System.Diagnostics.CodeAnalysis;
using System.Text;
using Edge.Messaging;
using Edge.Messaging.Wire;

namespace Edge.Storage.Records;

/// <summary>The MQTT 5 properties of a message as they are kept: flags, then each that is present, prefixed with its length.</summary>
internal static class PropertiesCodec
{
    [Flags]
    private enum Parts : byte
    {
        Text = 0x01,
        Octets = 0x02,
        ContentType = 0x04,
        ResponseTopic = 0x08,
        CorrelationData = 0x10,
    }

    public static int SizeOf(MessageProperties properties)
    {
        var size = 1
            + SizeOf(properties.ContentType)
            + SizeOf(properties.ResponseTopic)
            + (properties.CorrelationData is { } data ? 2 + data.Length : 0)
            + VariableInteger.SizeOf(properties.UserProperties.Count);
        foreach (var (name, value) in properties.UserProperties)
        {
            size += SizeOf(name) + SizeOf(value);
        }

        return size;
    }

    public static void Write(ref WireWriter writer, MessageProperties properties)
    {
        writer.WriteByte((byte)PartsOf(properties));
        if (properties.ContentType is not null)
        {
            writer.WritePrefixed(properties.ContentType);
        }

        if (properties.ResponseTopic is not null)
        {
            writer.WritePrefixed(properties.ResponseTopic);
        }

        if (properties.CorrelationData is { } data)
        {
            writer.WritePrefixed(data.Span);
        }

        VariableInteger.Write(ref writer, properties.UserProperties.Count);
        foreach (var (name, value) in properties.UserProperties)
        {
            writer.WritePrefixed(name);
            writer.WritePrefixed(value);
        }
    }

    public static bool TryRead(scoped ref WireReader reader, [NotNullWhen(true)] out MessageProperties? properties)
    {
        properties = null;
        var parts = (Parts)reader.ReadByte();
        string? contentType = null;
        string? responseTopic = null;
        if ((parts.HasFlag(Parts.ContentType) && !TryReadText(ref reader, out contentType))
            || (parts.HasFlag(Parts.ResponseTopic) && !TryReadText(ref reader, out responseTopic)))
        {
            return false;
        }

        ReadOnlyMemory<byte>? correlationData = null;
        if (parts.HasFlag(Parts.CorrelationData))
        {
            correlationData = reader.ReadPrefixed().ToArray();
        }

        if (!TryReadUserProperties(ref reader, out var userProperties))
        {
            return false;
        }

        properties = new MessageProperties
        {
            PayloadIsText = parts.HasFlag(Parts.Text) ? true : parts.HasFlag(Parts.Octets) ? false : null,
            ContentType = contentType,
            ResponseTopic = responseTopic,
            CorrelationData = correlationData,
            UserProperties = userProperties,
        };
        return true;
    }

    private static bool TryReadUserProperties(scoped ref WireReader reader, out KeyValuePair<string, string>[] properties)
    {
        properties = [];
        var count = VariableInteger.Read(ref reader);
        if (count > reader.Remaining / 4)
        {
            return false;
        }

        properties = count == 0 ? [] : new KeyValuePair<string, string>[count];
        for (var index = 0; index < properties.Length; index++)
        {
            if (!TryReadText(ref reader, out var name) || !TryReadText(ref reader, out var value))
            {
                return false;
            }

            properties[index] = new(name, value);
        }

        return !reader.IsTruncated;
    }

    private static bool TryReadText(scoped ref WireReader reader, [NotNullWhen(true)] out string? text) =>
        Utf8Text.TryDecode(reader.ReadPrefixed(), out text) && !reader.IsTruncated;

    private static int SizeOf(string? text) => text is null ? 0 : 2 + Encoding.UTF8.GetByteCount(text);

    private static Parts PartsOf(MessageProperties properties) =>
        (properties.PayloadIsText switch { true => Parts.Text, false => Parts.Octets, null => 0 })
        | (properties.ContentType is null ? 0 : Parts.ContentType)
        | (properties.ResponseTopic is null ? 0 : Parts.ResponseTopic)
        | (properties.CorrelationData is null ? 0 : Parts.CorrelationData);
}
