using Edge.Bridge.Tests.Support;
using Edge.Protocols.Mqtt.Codec;

namespace Edge.Bridge.Tests;

public sealed class ProtocolChoiceTests
{
    private static readonly LinkEnd Lost = new("lost") { WasConnected = true };
    private static readonly LinkEnd ClosedEarly = new("closed") { WasClosedEarly = true };
    private static readonly LinkEnd VersionRefused = new("refused") { Refusal = ReasonCode.UnsupportedProtocolVersion };
    private static readonly LinkEnd Refused = new("refused") { Refusal = ReasonCode.NotAuthorized };

    private readonly WatchedClock _clock = new();

    [Theory]
    [InlineData(UpstreamProtocol.V5, MqttVersion.Mqtt5)]
    [InlineData(UpstreamProtocol.V311, MqttVersion.Mqtt311)]
    public void A_version_that_is_set_is_spoken_whatever_happens(UpstreamProtocol wanted, MqttVersion version)
    {
        var choice = new ProtocolChoice(wanted, _clock);

        foreach (var end in new[] { VersionRefused, ClosedEarly, ClosedEarly, Lost, Refused })
        {
            Assert.Equal(version, choice.Next());
            Assert.False(choice.OnEnded(end));
        }
    }

    [Fact]
    public void A_refused_version_is_followed_by_the_older_one_at_once()
    {
        var choice = new ProtocolChoice(UpstreamProtocol.Auto, _clock);
        Assert.Equal(MqttVersion.Mqtt5, choice.Next());

        Assert.True(choice.OnEnded(VersionRefused));

        Assert.Equal(MqttVersion.Mqtt311, choice.Next());
    }

    [Fact]
    public void Closing_twice_instead_of_answering_counts_as_refusing_the_version()
    {
        var choice = new ProtocolChoice(UpstreamProtocol.Auto, _clock);

        Assert.False(choice.OnEnded(ClosedEarly));
        Assert.False(choice.OnEnded(Refused));
        Assert.False(choice.OnEnded(ClosedEarly));
        Assert.Equal(MqttVersion.Mqtt5, choice.Next());
        Assert.True(choice.OnEnded(ClosedEarly));
        Assert.Equal(MqttVersion.Mqtt311, choice.Next());
    }

    [Fact]
    public void Where_the_older_one_does_no_better_the_newer_is_next_but_not_at_once()
    {
        var choice = new ProtocolChoice(UpstreamProtocol.Auto, _clock);
        choice.OnEnded(VersionRefused);

        Assert.False(choice.OnEnded(VersionRefused));

        Assert.Equal(MqttVersion.Mqtt5, choice.Next());
    }

    [Fact]
    public void What_worked_is_remembered_and_the_newer_one_is_tried_again_after_hours()
    {
        var choice = new ProtocolChoice(UpstreamProtocol.Auto, _clock);
        choice.OnEnded(VersionRefused);

        _clock.Advance(TimeSpan.FromHours(5));
        Assert.False(choice.OnEnded(Lost));
        Assert.Equal(MqttVersion.Mqtt311, choice.Next());

        _clock.Advance(TimeSpan.FromHours(1));
        Assert.Equal(MqttVersion.Mqtt5, choice.Next());
    }
}
