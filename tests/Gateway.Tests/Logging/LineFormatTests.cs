using Edge.Gateway.Health;
using Edge.Gateway.Logging;
using Edge.Messaging;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace Edge.Gateway.Tests.Logging;

/// <summary>How an event becomes a line.</summary>
public sealed class LineFormatTests
{
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 1, 2, 3, 4, 5, 678, TimeSpan.Zero));
    private readonly List<string> _written = [];

    [Fact]
    public void For_people_a_line_has_time_level_component_sentence_and_fields()
    {
        Logger("Edge.Gateway").Starting("0.1.0", "edge 1", "/etc/x.toml");

        Assert.Equal(
            "2026-01-02T03:04:05.678Z info  gateway Edge gateway 0.1.0 starts as edge 1 with /etc/x.toml "
                + "{event=1000 Version=0.1.0 Name=\"edge 1\" Configuration=/etc/x.toml}\n",
            Assert.Single(_written));
    }

    [Theory]
    [InlineData(LogLevel.Debug, "<7>")]
    [InlineData(LogLevel.Information, "<6>")]
    [InlineData(LogLevel.Warning, "<4>")]
    [InlineData(LogLevel.Error, "<3>")]
    [InlineData(LogLevel.Critical, "<2>")]
    public void For_the_journal_a_line_has_its_priority_and_no_time(LogLevel level, string priority)
    {
        Log(Logger("Edge.Gateway", isJournal: true), level, new EventId(3001), "Client connected");

        Assert.Equal($"{priority}mqtt    Client connected {{event=3001}}\n", Assert.Single(_written));
    }

    [Theory]
    [InlineData("Edge.Gateway", 1999, "gateway")]
    [InlineData("Edge.Gateway", 2000, "net")]
    [InlineData("Edge.Gateway", 3099, "mqtt")]
    [InlineData("Edge.Gateway", 3100, "mqttsn")]
    [InlineData("Edge.Gateway", 3299, "coap")]
    [InlineData("Edge.LocalBroker", 4500, "broker")]
    [InlineData("Edge.Storage", 5000, "store")]
    [InlineData("Edge.Bridge", 6000, "bridge")]
    [InlineData("Edge.Gateway", 7000, "serial")]
    [InlineData("Edge.Gateway", 7100, "zigbee")]
    [InlineData("Edge.Gateway", 0, "gateway")]
    [InlineData("Microsoft.AspNetCore.Server.Kestrel", 17, "kestrel")]
    public void The_component_is_known_by_the_number_of_the_event(string category, int eventId, string component)
    {
        Log(Logger(category, isJournal: true), LogLevel.Information, new EventId(eventId), "x");

        Assert.Equal($"<6>{component,-7} x {{event={eventId}}}\n", Assert.Single(_written));
    }

    [Fact]
    public void What_a_stranger_sends_can_neither_end_nor_forge_a_line()
    {
        Logger("Edge.Gateway", isJournal: true).SignalReceived("x\n<2>gateway forged \u2028\u0085\"} {a=b");

        Assert.Equal(
            "<6>gateway x\\u000a<2>gateway forged \\u2028\\u0085\"} {a=b received; stopping, a second signal ends the process at once "
                + "{event=1002 Signal=\"x\\u000a<2>gateway forged \\u2028\\u0085\\\"} {a=b\"}\n",
            Assert.Single(_written));
    }

    [Fact]
    public void A_very_long_value_is_cut()
    {
        Logger("Edge.Gateway").SignalReceived(new string('x', 1_000_000));

        Assert.InRange(Assert.Single(_written).Length, 8_000, 9_000);
    }

    [Fact]
    public void An_exception_follows_line_by_line()
    {
        Logger("Edge.Gateway", isJournal: true).Failed(new InvalidOperationException("first\nsecond"));

        Assert.Equal(
            "<2>gateway The gateway ends by a fault of its own; please report it with this log {event=1010 exception=InvalidOperationException}\n"
                + "<2>    System.InvalidOperationException: first\n<2>    second\n",
            Assert.Single(_written));
    }

    [Fact]
    public void What_is_below_the_level_is_not_written()
    {
        var logger = new LineLogger("Edge.Gateway", LogLevel.Warning, new LineFormat(isJournal: false), _time, _written.Add);

        logger.WellAgain();
        logger.NotWell(TimeSpan.FromSeconds(30));

        Assert.StartsWith("2026-01-02T03:04:05.678Z error gateway The gateway is not well", Assert.Single(_written), StringComparison.Ordinal);
    }

    [Fact]
    public void A_password_in_a_connect_request_is_not_written()
    {
        var request = new ConnectRequest { ClientId = "c", UserName = "u", Password = "s3cret"u8.ToArray(), Peer = "192.0.2.7:1", Protocol = "MQTT 5.0" };

        Logger("Edge.Gateway").Log(LogLevel.Information, new EventId(3000), request, null, (state, _) => $"{state}");

        Assert.DoesNotContain("s3cret", Assert.Single(_written), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("8:1234", "socket:[1234]", true)]
    [InlineData("8:1234", "socket:[999]", false)]
    [InlineData("8:1234", "/a/file", false)]
    [InlineData("8:", "socket:[]", false)]
    [InlineData("", "socket:[1234]", false)]
    [InlineData(null, "socket:[1234]", false)]
    [InlineData("8:1234", null, false)]
    public void The_journal_is_known_by_the_socket_it_gave(string? journalStream, string? link, bool expected) =>
        Assert.Equal(expected, Journal.Reads(journalStream, link));

    private static void Log(LineLogger logger, LogLevel level, EventId eventId, string sentence) =>
        logger.Log(level, eventId, sentence, null, (state, _) => state);

    private LineLogger Logger(string category, bool isJournal = false) =>
        new(category, LogLevel.Trace, new LineFormat(isJournal), _time, _written.Add);
}
