using Edge.Serial;
using Edge.Serial.Ports;
using Edge.Transports;

namespace Edge.Hardware.Tests;

public sealed class SerialLinkTests : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);

    private readonly PluggableDevice _device = new();
    private readonly RecordingLogger<SerialLink> _log = new();

    public void Dispose() => _device.Dispose();

    [Theory]
    [InlineData(SerialFraming.Bare), InlineData(SerialFraming.Slip), InlineData(SerialFraming.Cobs)]
    public void Datagrams_pass_both_ways(SerialFraming framing)
    {
        var terminal = _device.PlugIn();
        using var link = NewLink(framing);
        Assert.Equal(0, link.Receive(TimeSpan.Zero));

        terminal.Write(OnLine(framing, "0216"));
        Assert.Equal("0216", ReceiveOne(link));
        Assert.Equal(LinkAddress.OfDevice("field"), link.Sender(0));

        Hex.Parse("0217").CopyTo(link.Enqueue(link.Sender(0), 2));
        link.Flush();
        Assert.Equal(OnLine(framing, "0217"), terminal.Read(OnLine(framing, "0217").Length));
        Assert.Equal((1, 1, 0), (link.Counters.Received, link.Counters.Sent, link.Counters.SendFailures));
    }

    [Fact]
    public void Many_datagrams_at_once_arrive_in_order()
    {
        var terminal = _device.PlugIn();
        using var link = NewLink();
        link.Receive(TimeSpan.Zero);
        var sent = Enumerable.Range(0, 100).Select(i => $"070D{i:X4}000100").ToArray();
        terminal.Write(Hex.Parse(string.Concat(sent)));

        var received = new List<string>();
        while (received.Count < 100)
        {
            var count = link.Receive(Limit);
            Assert.NotEqual(0, count);
            for (var i = 0; i < count; i++)
            {
                received.Add(Hex.Of(link.Datagram(i)));
            }
        }

        Assert.Equal(sent, received);
    }

    [Fact]
    public void A_message_that_does_not_go_on_hides_none_behind_it_for_long()
    {
        var terminal = _device.PlugIn();
        using var link = NewLink();
        link.Receive(TimeSpan.Zero);

        terminal.Write(Hex.Parse("1004 0216"));

        Assert.Equal("0216", ReceiveOne(link));
        Assert.Equal(2, link.Status.OctetsSkipped);
    }

    [Fact]
    public void A_device_that_is_not_there_is_waited_for_and_said_once()
    {
        using var link = NewLink();
        Enqueue(link, "0217");
        for (var i = 0; i < 3; i++)
        {
            Assert.Equal(0, link.Receive(Limit));
        }

        var terminal = _device.PlugIn();
        ReceiveUntil(link, () => link.Status.IsOpen);
        terminal.Write(Hex.Parse("0216"));

        Assert.Equal("0216", ReceiveOne(link));
        Assert.Equal((1, 0, 1), (link.Status.FramesNotSent, link.Status.FramesSent, link.Status.Openings));
        Assert.Equal([7002, 7000], _log.Events.Where(number => number != 7003));
        Assert.Contains($"{_device.Path} is not there; plug it in", _log.Lines[0], StringComparison.Ordinal);
    }

    [Fact]
    public void A_device_that_is_pulled_out_and_put_in_again_is_found()
    {
        using var link = NewLink();
        for (var i = 1; i <= 5; i++)
        {
            var terminal = _device.PlugIn();
            ReceiveUntil(link, () => link.Status.Openings == i);
            terminal.Write(Hex.Parse("0A 16 0216")); // A PINGREQ whose end is lost with the device.
            Enqueue(link, "0217");
            Assert.Equal(Hex.Parse("0217"), terminal.Read(2));
            ReceiveUntil(link, () => link.Status.OctetsReceived == 4 * i);

            _device.PullOut();
            ReceiveUntil(link, () => !link.Status.IsOpen);
        }

        Assert.Equal([7000, 7001, 7004, 7001, 7004, 7001, 7004, 7001, 7004, 7001], _log.Events.Where(number => number != 7003));
        Assert.Equal((5, 20, 10), (link.Status.Openings, link.Status.OctetsReceived, link.Status.OctetsSent));
    }

    [Fact]
    public void What_a_slow_line_does_not_take_is_dropped_and_counted_and_the_rest_arrives_whole()
    {
        var terminal = _device.PlugIn();
        using var link = NewLink(SerialFraming.Cobs);
        link.Receive(TimeSpan.Zero);
        for (var i = 0; i < 1_000; i++)
        {
            var room = link.Enqueue(default, 200);
            room.Fill((byte)(1 + (i % 255)));
        }

        link.Flush();
        var lost = link.Status.FramesNotSent;
        Assert.InRange(lost, 1, 999);

        using var framer = new Reader(terminal);
        var read = 0;
        for (; read < 1_000 - lost; read++)
        {
            Assert.Equal(1 + (read % 255), framer.Next(link));
        }

        Assert.Equal((1_000 - lost, lost), (link.Status.FramesSent, link.Status.FramesNotSent));
    }

    [Fact]
    public void What_is_too_long_is_not_sent()
    {
        _device.PlugIn();
        using var link = NewLink();
        link.Receive(TimeSpan.Zero);

        link.Enqueue(default, 256).Clear();
        link.Flush();

        Assert.Equal((1, 0), (link.Counters.SendFailures, link.Counters.Sent));
    }

    [Fact]
    public async Task Another_thread_can_wake_it()
    {
        _device.PlugIn();
        using var link = NewLink();
        link.Receive(TimeSpan.Zero);
        var receiving = Task.Factory.StartNew(() => link.Receive(Timeout.InfiniteTimeSpan), TaskCreationOptions.LongRunning);

        link.Wake();

        Assert.Equal(0, await receiving.WaitAsync(Limit, TestContext.Current.CancellationToken));
        link.Dispose();
        link.Wake();
    }

    [Fact]
    public async Task It_can_be_woken_while_the_device_is_away()
    {
        using var link = NewLink();
        link.Receive(TimeSpan.Zero);
        link.Wake();

        Assert.Equal(0, await Task.Run(() => link.Receive(Timeout.InfiniteTimeSpan)).WaitAsync(Limit, TestContext.Current.CancellationToken));
    }

    [Fact]
    public void Receiving_and_sending_allocate_nothing()
    {
        var terminal = _device.PlugIn();
        using var link = NewLink();
        link.Receive(TimeSpan.Zero);
        var message = Hex.Parse("0216");
        terminal.Write(Enumerable.Repeat(message, 2_000).SelectMany(octets => octets).ToArray());

        Assert.Equal(0, Allocations.PerCall(() =>
        {
            message.CopyTo(link.Enqueue(default, 2));
            link.Flush();
            link.Receive(TimeSpan.Zero);
        }));
        Assert.Equal(2_000, link.Status.FramesReceived);
    }

    private static byte[] OnLine(SerialFraming framing, string message) => Hex.Parse((framing, message) switch
    {
        (SerialFraming.Slip, _) => $"C0{message}C0",
        (SerialFraming.Cobs, "0216") => "00 050216099A 00",
        (SerialFraming.Cobs, _) => "00 05021719BB 00",
        _ => message,
    });

    private static string ReceiveOne(SerialLink link)
    {
        ReceiveUntil(link, () => link.Status.FramesReceived > 0);
        return Hex.Of(link.Datagram(0));
    }

    private static void ReceiveUntil(SerialLink link, Func<bool> isSo)
    {
        var clock = System.Diagnostics.Stopwatch.StartNew();
        do
        {
            link.Receive(TimeSpan.FromSeconds(1));
            Assert.True(clock.Elapsed < Limit, "It took too long.");
        }
        while (!isSo());
    }

    private static void Enqueue(SerialLink link, string message)
    {
        var octets = Hex.Parse(message);
        octets.CopyTo(link.Enqueue(default, octets.Length));
        link.Flush();
    }

    private SerialLink NewLink(SerialFraming framing = SerialFraming.Bare) =>
        new("field", new SerialPortOptions { Device = _device.Path }, framing, 255, TimeProvider.System, _log);

    private sealed class Reader(PseudoTerminal terminal) : IDisposable
    {
        private readonly Serial.Framing.CobsFramer _framer = new(255);

        public int Next(SerialLink link)
        {
            while (true)
            {
                if (_framer.TryRead(out var frame))
                {
                    Assert.Equal(200, frame.Length);
                    return frame[0];
                }

                link.Receive(TimeSpan.Zero);
                _framer.Feed(terminal.Read(1));
            }
        }

        public void Dispose() => Assert.Equal(0, _framer.Skipped);
    }
}
