using System.Diagnostics;
using Edge.Serial.Ports;
using Edge.Serial.XBee;
using Edge.Transports;
using Microsoft.Extensions.Time.Testing;

namespace Edge.Hardware.Tests.XBee;

public sealed class XBeeLinkTests : IDisposable
{
    private const ulong One = 0x0013_A200_4052_2B7D;
    private const ulong Other = 0x0013_A200_7E11_13AA;

    private readonly PluggableDevice _device = new();
    private readonly RecordingLogger<XBeeLink> _log = new();

    public static TheoryData<XBeeApiMode> Modes => [XBeeApiMode.Plain, XBeeApiMode.Escaped];

    public void Dispose() => _device.Dispose();

    [Theory, MemberData(nameof(Modes))]
    public void Nodes_are_told_apart_by_their_radios_and_answered(XBeeApiMode mode)
    {
        var coordinator = new SimulatedCoordinator(_device.PlugIn(), mode);
        using var link = NewLink(mode);
        Open(link, coordinator);
        coordinator.Hear(One, "0216");
        coordinator.Hear(Other, "031661");

        var received = Receive(link, 2);
        Assert.Equal([(LinkAddress.OfRadio(One, "field"), "0216"), (LinkAddress.OfRadio(Other, "field"), "031661")], received);

        Send(link, received[1].Sender, "0217");
        Assert.Equal($"1001{Other:X16}FFFE00000217", coordinator.Next());
        Send(link, received[0].Sender, "0217");
        Assert.Equal($"1002{One:X16}FFFE00000217", coordinator.Next());
        Assert.Contains("XBee radio 0013A2004052117E answers on serial line field", _log.Lines);
    }

    [Fact]
    public void A_radio_of_802_15_4_is_spoken_to_in_its_own_frames()
    {
        var coordinator = new SimulatedCoordinator(_device.PlugIn(), XBeeApiMode.Plain, is802: true);
        using var link = NewLink();
        Open(link, coordinator);
        coordinator.Hear(One, "0216");
        coordinator.Hear(0x1101, "0216", hasShortAddress: true);

        foreach (var (sender, _) in Receive(link, 2))
        {
            Send(link, sender, "0217");
        }

        Assert.Equal($"0001{One:X16}000217", coordinator.Next());
        Assert.Equal("01021101000217", coordinator.Next());
    }

    [Fact]
    public void What_is_for_all_is_broadcast()
    {
        var coordinator = new SimulatedCoordinator(_device.PlugIn(), XBeeApiMode.Plain);
        using var link = NewLink();
        Open(link, coordinator);

        Send(link, link.Local, "0500010384");

        Assert.Equal("1001000000000000FFFFFFFE00000500010384", coordinator.Next());
    }

    [Fact]
    public void What_a_radio_could_not_deliver_is_counted_and_so_is_what_it_never_spoke_of()
    {
        var coordinator = new SimulatedCoordinator(_device.PlugIn(), XBeeApiMode.Plain);
        using var link = NewLink();
        Open(link, coordinator);
        for (var i = 1; i <= 4; i++)
        {
            Send(link, LinkAddress.OfRadio(One, "field"), "0217");
            Assert.StartsWith($"10{i:X2}", coordinator.Next(), StringComparison.Ordinal);
        }

        coordinator.Say("8B 01 7D84 00 00 01"); // Delivered.
        coordinator.Say("8B 02 7D84 03 21 00"); // No acknowledgement.
        coordinator.Say("89 03 01");
        coordinator.Say("8B 09 7D84 03 21 00"); // Nobody asked for that.
        ReceiveUntil(link, () => link.Status.FramesReceived >= 6);
        Assert.Equal(2, link.Status.FramesUndelivered);
        Assert.Contains("The XBee radio on serial line field could not deliver to 0013A20040522B7D: no acknowledgement of the receiver", _log.Lines);

        _device.PullOut();
        ReceiveUntil(link, () => !link.Status.IsOpen);
        _device.PlugIn();
        ReceiveUntil(link, () => link.Status.IsOpen);
        Assert.Equal(3, link.Status.FramesUndelivered);
    }

    [Fact]
    public void Frame_ids_go_round_without_0()
    {
        var coordinator = new SimulatedCoordinator(_device.PlugIn(), XBeeApiMode.Plain);
        using var link = NewLink();
        Open(link, coordinator);
        for (var i = 0; i < 300; i++)
        {
            Send(link, LinkAddress.OfRadio(One, "field"), "0217");
            Assert.StartsWith($"10{1 + (i % 255):X2}", coordinator.Next(), StringComparison.Ordinal);
        }

        Assert.Equal(45, link.Status.FramesUndelivered);
    }

    [Fact]
    public void What_the_radio_tells_of_itself_is_logged_and_frames_of_other_kinds_are_passed_over()
    {
        var coordinator = new SimulatedCoordinator(_device.PlugIn(), XBeeApiMode.Plain);
        using var link = NewLink();
        Open(link, coordinator);
        coordinator.Say("8A 01");
        coordinator.Say("95 00");
        coordinator.Say("90 0013"); // Too short.
        coordinator.Hear(One, "0216");

        Assert.Equal("0216", Assert.Single(Receive(link, 1)).Datagram);
        Assert.Contains("The XBee radio on serial line field was reset by its watchdog", _log.Lines);
        Assert.Equal(2, _log.Events.Count(number => number == 7024));
    }

    [Fact]
    public void A_radio_that_does_not_answer_is_told_of_once()
    {
        var clock = new FakeTimeProvider();
        clock.Advance(TimeSpan.FromDays(1));
        _device.PlugIn();
        using var link = new XBeeLink("field", new SerialPortOptions { Device = _device.Path, Baud = 9_600 }, XBeeApiMode.Escaped, 100, clock, _log);
        link.Receive(TimeSpan.Zero);
        clock.Advance(TimeSpan.FromSeconds(6));
        link.Receive(TimeSpan.Zero);
        link.Receive(TimeSpan.Zero);

        Assert.Equal(
            "No XBee radio answers on serial line field: its setting AP must be 2 and BD 9600 baud, or api_mode and baud must be as they are set",
            Assert.Single(_log.Lines, line => line.StartsWith("No XBee", StringComparison.Ordinal)));
    }

    [Fact]
    public void The_longest_message_fits_even_when_every_octet_is_escaped()
    {
        var coordinator = new SimulatedCoordinator(_device.PlugIn(), XBeeApiMode.Escaped);
        using var link = NewLink(XBeeApiMode.Escaped);
        Open(link, coordinator);
        var datagram = string.Concat(Enumerable.Repeat("7E", 100));
        coordinator.Hear(One, datagram);

        var (sender, received) = Assert.Single(Receive(link, 1));
        Assert.Equal(datagram, received);
        Send(link, sender, datagram);
        Assert.EndsWith(datagram, coordinator.Next(), StringComparison.Ordinal);
    }

    private static void Open(XBeeLink link, SimulatedCoordinator coordinator)
    {
        Assert.Equal(0, link.Receive(TimeSpan.Zero));
        coordinator.TellAddress();
        ReceiveUntil(link, () => link.Status.FramesReceived == 2);
    }

    private static List<(LinkAddress Sender, string Datagram)> Receive(XBeeLink link, int count)
    {
        var received = new List<(LinkAddress, string)>();
        for (var clock = Stopwatch.StartNew(); received.Count < count;)
        {
            var came = link.Receive(TimeSpan.FromSeconds(1));
            Assert.True(clock.Elapsed < TimeSpan.FromSeconds(10), "It took too long.");
            for (var i = 0; i < came; i++)
            {
                received.Add((link.Sender(i), Hex.Of(link.Datagram(i))));
            }
        }

        return received;
    }

    private static void ReceiveUntil(XBeeLink link, Func<bool> isSo)
    {
        for (var clock = Stopwatch.StartNew(); !isSo();)
        {
            link.Receive(TimeSpan.FromSeconds(1));
            Assert.True(clock.Elapsed < TimeSpan.FromSeconds(10), "It took too long.");
        }
    }

    private static void Send(XBeeLink link, LinkAddress receiver, string datagram)
    {
        var octets = Hex.Parse(datagram);
        octets.CopyTo(link.Enqueue(receiver, octets.Length));
        link.Flush();
    }

    private XBeeLink NewLink(XBeeApiMode mode = XBeeApiMode.Plain) =>
        new("field", new SerialPortOptions { Device = _device.Path }, mode, 100, TimeProvider.System, _log);
}
