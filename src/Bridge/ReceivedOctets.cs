using Edge.Messaging.Wire;
using Edge.Protocols.Mqtt.Codec;

namespace Edge.Bridge;

/// <summary>What has arrived and is not taken yet, in one piece, so that every frame can be read in place.</summary>
/// <remarks>Grows for a frame that does not fit otherwise, after its length was checked, and stays so.</remarks>
internal sealed class ReceivedOctets
{
    /// <summary>Enough of a PUBLISH to tell its topic and Packet Identifier.</summary>
    private const int LongestStart = 5 + 2 + 65_535 + 2;

    private byte[] _octets = new byte[32 * 1024];
    private int _start;
    private int _end;
    private int _wanted;
    private int _passedOver;

    /// <summary>Whether more can be received.</summary>
    public bool HasRoom => _end < _octets.Length;

    /// <summary>Where to receive to; <see cref="Add"/> says how much came.</summary>
    public Memory<byte> Room => _octets.AsMemory(_end);

    /// <summary>Takes in what was received to <see cref="Room"/>.</summary>
    public void Add(int count)
    {
        _end += count;
        PassOver(0);
    }

    /// <summary>Takes the next whole frame; it is valid until <see cref="MakeRoom"/>.</summary>
    /// <param name="maxPacketSize">Largest frame taken, in octets.</param>
    /// <param name="frame">The frame; when it is <see cref="ParseError.TooLarge"/>, what has arrived.</param>
    /// <param name="error">Why the frame that has begun cannot be taken, or none.</param>
    public bool TryTake(int maxPacketSize, out ReadOnlySpan<byte> frame, out ParseError error)
    {
        var arrived = _octets.AsSpan(_start, _end - _start);
        if (!MqttFramer.TryMeasure(arrived, maxPacketSize, out var size, out error) || size > arrived.Length)
        {
            frame = arrived;
            _wanted = error == ParseError.TooLarge ? LongestStart : size;
            return false;
        }

        frame = arrived[..size];
        _start += size;
        return true;
    }

    /// <summary>Lets go of octets, of those that have arrived and then of those to come.</summary>
    public void PassOver(int count)
    {
        _passedOver += count;
        var now = Math.Min(_passedOver, _end - _start);
        _passedOver -= now;
        _start += now;
    }

    /// <summary>Makes room at the end for the rest of the frame that has begun. Not while something is being received.</summary>
    public void MakeRoom()
    {
        var left = _end - _start;
        var target = _wanted > _octets.Length ? new byte[_wanted] : _octets;
        if (_start > 0 || target != _octets)
        {
            _octets.AsSpan(_start, left).CopyTo(target);
            (_octets, _start, _end) = (target, 0, left);
        }

        _wanted = 0;
    }
}
