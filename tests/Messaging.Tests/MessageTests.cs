using System.Text;

namespace Edge.Messaging.Tests;

public sealed class MessageTests
{
    [Fact]
    public void Size_counts_topic_payload_and_every_property()
    {
        Assert.True(TopicName.TryParse("abc", out var topic));
        var message = new Message { Topic = topic, Payload = new byte[10] };

        Assert.Equal(13, message.Size);
        Assert.Equal(
            13 + 4 + 5 + 6 + 3,
            (message with
            {
                Properties = new MessageProperties
                {
                    ContentType = "text",
                    ResponseTopic = "reply",
                    CorrelationData = new byte[6],
                    UserProperties = [new("k", "vw")],
                },
            }).Size);
    }

    [Fact]
    public void A_password_is_not_written_into_a_log()
    {
        var request = new ConnectRequest { ClientId = "c", UserName = "u", Password = Encoding.UTF8.GetBytes("secret"), Peer = "p", Protocol = "MQTT 5.0" };

        Assert.Equal("c from p by MQTT 5.0", request.ToString());
    }
}
