using Edge.Messaging;
using Edge.Protocols.Coap.Codec;

namespace Edge.Protocols.Coap.Tests.SenMl;

/// <summary>Packs that devices post are published by records where the setting says so.</summary>
public sealed class SplitTests
{
    private const string Pack = """[{"bn":"urn:a:","n":"v","u":"V","v":1},{"n":"i","v":2,"t":-5}]""";

    private readonly EndPoint _device = EndPoint.Connected(new CoapOptions { SenMl = SenMlPublishing.Split, MaxSenMlRecords = 3 });

    [Theory]
    [InlineData("POST", "ps/plant/1", true, "QoS 1"), InlineData("PUT", "ps/plant/1?r=true", true, "QoS 1 retain"), InlineData("POST", "ps/plant/1", false, "QoS 0")]
    public void Each_record_is_a_message_under_its_name_and_the_answer_comes_when_all_are_kept(string method, string uri, bool confirmable, string how)
    {
        _device.Asks(method, uri, Pack, confirmable, options: (OptionNumber.ContentFormat, ContentFormat.SenMlJson));
        Assert.Equal(
            [
                $$"""publish plant/1/urn:a:i {{how}} «[{"n":"urn:a:i","t":1767323040,"v":2}]»""",
                $$"""publish plant/1/urn:a:v {{how}} «[{"n":"urn:a:v","u":"V","t":1767323045,"v":1}]»""",
            ],
            _device.Asked);
        Assert.Equal("application/senml+json", _device.Published!.Properties!.ContentType);

        _device.BrokerPublished();
        Assert.Empty(_device.Asked);
        _device.BrokerPublished(PublishOutcome.NoMatchingSubscribers);

        Assert.Equal([$"{(confirmable ? "ACK" : "NON")} 2.04 AB"], _device.Asked);
    }

    [Fact]
    public void At_QoS_2_each_record_has_an_exchange_of_its_own()
    {
        _device.Asks("POST", "ps/a?q=2", Pack, options: (OptionNumber.ContentFormat, ContentFormat.SensMlJson));
        _device.BrokerPublished();
        _device.BrokerPublished();
        var released = _device.Asked[^2..];
        Assert.Equal(2, released.Where(asked => asked.StartsWith("release ", StringComparison.Ordinal)).Distinct().Count());

        _device.BrokerReleased();
        Assert.Empty(_device.Asked);
        _device.BrokerReleased();

        Assert.Equal(["ACK 2.04 AB"], _device.Asked);
    }

    [Theory]
    [InlineData(PublishOutcome.NotAuthorized, PublishOutcome.Accepted, "ACK 4.01 AB «not permitted»"), InlineData(PublishOutcome.Accepted, PublishOutcome.TooLarge, "ACK 4.13 AB «too long to be retained»")]
    [InlineData(PublishOutcome.Detached, PublishOutcome.NotAuthorized, "ACK 5.03 AB «the session has ended»")]
    public void The_first_refusal_is_the_answer(PublishOutcome first, PublishOutcome second, string answer)
    {
        _device.Asks("POST", "ps/a", Pack, options: (OptionNumber.ContentFormat, ContentFormat.SenMlJson));
        _ = _device.Asked;
        _device.BrokerPublished(first);
        Assert.DoesNotContain(_device.Asked, asked => asked.StartsWith("ACK", StringComparison.Ordinal));

        _device.BrokerPublished(second);

        Assert.Equal(answer, _device.Asked[^1].Replace(" MaxAge=1", "", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("""[{"n":"a","v":1},{"n":"a#","v":2}]""", "record 2: a name holds other than letters, digits and - : . / _"), InlineData("", "not JSON, or nested too deep: line 1, octet 1")]
    [InlineData("""[{"n":"a","v":1},{"v":1},{"v":1},{"v":1}]""", "more than 3 records")]
    public void A_pack_with_a_record_that_is_wrong_publishes_nothing(string pack, string why)
    {
        _device.Asks("POST", "ps/a", pack, options: (OptionNumber.ContentFormat, ContentFormat.SenMlJson));

        Assert.Contains("ACK 4.00", Assert.Single(_device.Asked), StringComparison.Ordinal);
        Assert.EndsWith(why, System.Text.Encoding.UTF8.GetString(_device.Sent[^1]), StringComparison.Ordinal);
    }

    [Fact]
    public void Requests_beside_it_get_their_own_answers()
    {
        _device.Asks("POST", "ps/a", Pack, token: "01", options: (OptionNumber.ContentFormat, ContentFormat.SenMlJson));
        _device.Asks("POST", "ps/b", "hi", token: "02");
        _device.Asks("POST", "ps/c", Pack, token: "03", options: (OptionNumber.ContentFormat, ContentFormat.SenMlJson));
        _ = _device.Asked;

        foreach (var outcome in (PublishOutcome[])[PublishOutcome.Accepted, PublishOutcome.Accepted, PublishOutcome.NotAuthorized, PublishOutcome.Accepted, PublishOutcome.Accepted])
        {
            _device.BrokerPublished(outcome);
        }

        Assert.Equal(["ACK 2.04 01", "ACK 4.01 02 «not permitted»", "ACK 2.04 03"], _device.Asked);
    }

    [Theory]
    [InlineData(SenMlPublishing.Pass, 110, "POST"), InlineData(SenMlPublishing.Split, 310, "POST"), InlineData(SenMlPublishing.Split, 50, "PUT")]
    public void What_is_not_to_be_split_is_published_as_it_came(SenMlPublishing setting, uint format, string method)
    {
        var device = EndPoint.Connected(new CoapOptions { SenMl = setting });

        device.Asks(method, "ps/a", Pack, options: (OptionNumber.ContentFormat, format));

        Assert.Equal([$"publish a QoS 1 «{Pack}»"], device.Asked);
    }
}
