using Edge.Serial.XBee;

namespace Edge.Hardware.Tests.XBee;

/// <summary>The radio at the other end of a line, which knows its own address and carries frames to nodes that a test plays.</summary>
internal sealed class SimulatedCoordinator(PseudoTerminal terminal, XBeeApiMode mode, bool is802 = false)
{
    private readonly XBeeFramer _framer = new(mode, 300);

    /// <summary>A node sends.</summary>
    public void Hear(ulong node, string datagram, bool hasShortAddress = false) => Say(
        !is802 ? $"90 {node:X16} 7D84 01 {datagram}"
        : hasShortAddress ? $"81 {node:X4} 28 00 {datagram}"
        : $"80 {node:X16} 28 00 {datagram}");

    /// <summary>The radio tells something.</summary>
    public void Say(string frame)
    {
        var octets = Hex.Parse(frame);
        var line = new byte[_framer.LargestOnLine(octets.Length)];
        terminal.Write(line.AsSpan(0, _framer.Write(octets, line)));
    }

    /// <summary>Waits for what the program says next to the radio.</summary>
    public string Next()
    {
        while (true)
        {
            if (_framer.TryRead(out var frame))
            {
                Assert.Equal(0, _framer.Skipped);
                return Hex.Of(frame);
            }

            _framer.Feed(terminal.Read(1));
        }
    }

    /// <summary>Answers the questions after an opening.</summary>
    public void TellAddress()
    {
        Assert.Equal("08015348", Next());
        Say("88 01 'SH' 00 0013A200");
        Assert.Equal("0801534C", Next());
        Say("88 01 'SL' 00 4052117E");
    }
}
