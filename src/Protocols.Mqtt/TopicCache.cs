using System.Numerics;
using System.Runtime.InteropServices;
using System.Text;
using Edge.Messaging;

namespace Edge.Protocols.Mqtt;

/// <summary>Topic Names that came before, by their octets, so that a topic used again is neither decoded nor allocated anew.</summary>
/// <remarks>A place holds the last topic that fell on it; nothing is ever full. Topics beyond ASCII are decoded each time.</remarks>
public sealed class TopicCache
{
    private const int Places = 32;

    private TopicName[]? _names;

    /// <summary>Gives the name that octets stand for; false when they are no Topic Name.</summary>
    public bool TryGet(ReadOnlySpan<byte> utf8, out TopicName name)
    {
        _names ??= new TopicName[Places];
        ref var place = ref _names[PlaceOf(utf8)];
        name = place;
        if (utf8.Length > 0 && Ascii.Equals(utf8, place.ToString()))
        {
            return true;
        }

        if (!TopicName.TryParse(utf8, out name))
        {
            return false;
        }

        place = name;
        return true;
    }

    // The ends of topics differ most: the last eight octets, or the last four and the first four.
    private static int PlaceOf(ReadOnlySpan<byte> utf8)
    {
        ulong key = 0;
        if (utf8.Length >= sizeof(ulong))
        {
            key = MemoryMarshal.Read<ulong>(utf8[^sizeof(ulong)..]) + MemoryMarshal.Read<uint>(utf8[((utf8.Length / 2) - 2)..]);
        }
        else
        {
            foreach (var octet in utf8)
            {
                key = (key << 8) | octet;
            }
        }

        return (int)(((key + (uint)utf8.Length) * 0x9E3779B97F4A7C15) >> (64 - BitOperations.Log2(Places)));
    }
}
