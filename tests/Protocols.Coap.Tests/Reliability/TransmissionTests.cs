using Edge.Protocols.Coap.Reliability;

namespace Edge.Protocols.Coap.Tests.Reliability;

/// <summary>The times of RFC 7252 §4.8.</summary>
public sealed class TransmissionTests
{
    private readonly CoapTransmission _transmission = new();

    [Fact]
    public void The_times_that_follow_are_those_of_section_4_8_2() => Assert.Equal(
        (45, 247, 145), (_transmission.MaxTransmitSpan.TotalSeconds, _transmission.ExchangeLifetime.TotalSeconds, _transmission.NonLifetime.TotalSeconds));

    [Theory, InlineData(0, 0, 2), InlineData(0, 0.5, 2.5), InlineData(1, 0, 4), InlineData(4, 0, 32), InlineData(4, 1, 48)]
    public void The_wait_is_drawn_once_and_doubles_each_time(int attempt, double draw, double seconds) =>
        Assert.Equal(seconds, _transmission.TimeoutAfter(attempt, draw).TotalSeconds);

    [Theory, InlineData(-1), InlineData(5)]
    public void There_are_no_more_attempts_than_allowed(int attempt) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => _transmission.TimeoutAfter(attempt, 0));
}
