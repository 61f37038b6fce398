using System.Buffers;

namespace Edge.Protocols.Mqtt.Tests.Codec;

/// <summary>Octets as a pipe may give them: in several pieces.</summary>
internal sealed class Segments : ReadOnlySequenceSegment<byte>
{
    private Segments(ReadOnlyMemory<byte> memory, long start)
    {
        Memory = memory;
        RunningIndex = start;
    }

    public static ReadOnlySequence<byte> Of(ReadOnlyMemory<byte> octets, int[] cuts)
    {
        var first = new Segments(default, 0);
        var last = first;
        var start = 0;
        foreach (var cut in cuts)
        {
            var length = Math.Min(cut, octets.Length - start);
            last = last.Append(octets.Slice(start, length), start);
            start += length;
        }

        last = last.Append(octets[start..], start);
        return new ReadOnlySequence<byte>(first, 0, last, last.Memory.Length);
    }

    private Segments Append(ReadOnlyMemory<byte> memory, long start)
    {
        var next = new Segments(memory, start);
        Next = next;
        return next;
    }
}
