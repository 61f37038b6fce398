using System.Text;
using Edge.Messaging;
using Edge.Messaging.Wire;

namespace Edge.Protocols.Mqtt.Codec;

/// <summary>Writes properties, one after the other, into room given for them; gives them as <see cref="Properties"/>.</summary>
/// <remarks>A property of another kind, or too little room, is a fault of this program and throws.</remarks>
/// <param name="room">Where the properties go; often on the stack.</param>
public ref struct PropertyWriter(Span<byte> room)
{
    private readonly Span<byte> _room = room;
    private WireWriter _writer = new(room);

    /// <summary>What has been added so far.</summary>
    public readonly Properties Written => new(_room[.._writer.Written]);

    /// <summary>Adds a property that is a number.</summary>
    public void Add(PropertyId id, uint number)
    {
        _writer.WriteByte((byte)id);
        switch (PropertyTable.Find((byte)id).Kind)
        {
            case PropertyKind.Byte:
                _writer.WriteByte(checked((byte)number));
                break;
            case PropertyKind.TwoByte:
                _writer.WriteUInt16(checked((ushort)number));
                break;
            case PropertyKind.FourByte:
                _writer.WriteUInt32(number);
                break;
            case PropertyKind.Variable:
                VariableByteInteger.Write(ref _writer, checked((int)number));
                break;
            default:
                throw new ArgumentException($"{id} is no number.", nameof(id));
        }
    }

    /// <summary>Adds a property that is a text or octets.</summary>
    public void Add(PropertyId id, ReadOnlySpan<byte> octets)
    {
        if (PropertyTable.Find((byte)id).Kind is not (PropertyKind.Text or PropertyKind.Topic or PropertyKind.Binary))
        {
            throw new ArgumentException($"{id} is neither text nor octets.", nameof(id));
        }

        _writer.WriteByte((byte)id);
        _writer.WritePrefixed(octets);
    }

    /// <summary>Adds a property that is a text.</summary>
    public void Add(PropertyId id, string text)
    {
        if (PropertyTable.Find((byte)id).Kind is not (PropertyKind.Text or PropertyKind.Topic))
        {
            throw new ArgumentException($"{id} is no text.", nameof(id));
        }

        _writer.WriteByte((byte)id);
        _writer.WritePrefixed(text);
    }

    /// <summary>Adds a User Property.</summary>
    public void Add(string name, string value)
    {
        _writer.WriteByte((byte)PropertyId.UserProperty);
        _writer.WritePrefixed(name);
        _writer.WritePrefixed(value);
    }

    /// <summary>Adds what travels with a message.</summary>
    public void Add(MessageProperties properties)
    {
        if (properties.PayloadIsText is { } isText)
        {
            Add(PropertyId.PayloadFormatIndicator, isText ? 1u : 0u);
        }

        if (properties.ContentType is { } contentType)
        {
            Add(PropertyId.ContentType, contentType);
        }

        if (properties.ResponseTopic is { } responseTopic)
        {
            Add(PropertyId.ResponseTopic, responseTopic);
        }

        if (properties.CorrelationData is { } correlationData)
        {
            Add(PropertyId.CorrelationData, correlationData.Span);
        }

        for (var i = 0; i < properties.UserProperties.Count; i++)
        {
            var (name, value) = properties.UserProperties[i];
            Add(name, value);
        }
    }

    /// <summary>Octets that a User Property takes, identifier included.</summary>
    public static int SizeOf(string name, string value) => 5 + Encoding.UTF8.GetByteCount(name) + Encoding.UTF8.GetByteCount(value);

    /// <summary>Octets that <see cref="Add(MessageProperties)"/> takes.</summary>
    public static int SizeOf(MessageProperties properties)
    {
        var size = (properties.PayloadIsText is null ? 0 : 2)
            + (properties.ContentType is { } contentType ? SizeOf(contentType) : 0)
            + (properties.ResponseTopic is { } responseTopic ? SizeOf(responseTopic) : 0)
            + (properties.CorrelationData is { } data ? 3 + data.Length : 0);
        for (var i = 0; i < properties.UserProperties.Count; i++)
        {
            var (name, value) = properties.UserProperties[i];
            size += SizeOf(name, value);
        }

        return size;
    }

    /// <summary>Octets that a text property takes, identifier included.</summary>
    public static int SizeOf(string text) => 3 + Encoding.UTF8.GetByteCount(text);
}
