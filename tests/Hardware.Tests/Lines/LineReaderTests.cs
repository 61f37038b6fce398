using System.Text;
using Edge.Messaging;
using Edge.Serial.Lines;
using Edge.Serial.Ports;

namespace Edge.Hardware.Tests.Lines;

public sealed class LineReaderTests
{
    [Fact]
    public void A_plain_line_is_the_payload()
    {
        Assert.True(NewReader(LineFormat.Plain, "serial/field").TryRead("21.5 °C"u8, out var message, out _));

        Assert.Equal(("serial/field", "21.5 °C", QualityOfService.AtLeastOnce, false), Shown(message));
    }

    [Theory]
    [InlineData("""{"topic":"a/b","payload":"on"}""", "a/b", "on", QualityOfService.AtLeastOnce, false)]
    [InlineData("""{"payload":"on","topic":"a","qos":2,"retain":true}""", "a", "on", QualityOfService.ExactlyOnce, true)]
    [InlineData(""" { "topic" : "a" , "payload" : 21.50 , "qos" : 0 } """, "a", "21.50", QualityOfService.AtMostOnce, false)]
    [InlineData("""{"topic":"a","payload":{"t": [1, 2], "u":"°"},"retain":false}""", "a", """{"t": [1, 2], "u":"°"}""", QualityOfService.AtLeastOnce, false)]
    [InlineData("""{"topic":"a","payload":[ ]}""", "a", "[ ]", QualityOfService.AtLeastOnce, false)]
    [InlineData("""{"topic":"a","payload":true}""", "a", "true", QualityOfService.AtLeastOnce, false)]
    [InlineData("""{"topic":"a","payload":null}""", "a", "", QualityOfService.AtLeastOnce, false)]
    [InlineData("""{"topic":"\u00e4","payload":"\u00e4\n"}""", "ä", "ä\n", QualityOfService.AtLeastOnce, false)]
    public void A_JSON_line_names_topic_and_payload(string line, string topic, string payload, QualityOfService qos, bool retain)
    {
        Assert.True(NewReader(LineFormat.Json, "${topic}").TryRead(Encoding.UTF8.GetBytes(line), out var message, out var fault), fault);

        Assert.Equal((topic, payload, qos, retain), Shown(message));
    }

    [Theory]
    [InlineData("sites/${topic}/raw", "sites/a/raw"), InlineData("sites/1", "sites/1")]
    public void The_topic_of_a_JSON_line_has_its_place_in_the_template(string template, string topic)
    {
        Assert.True(NewReader(LineFormat.Json, template).TryRead("""{"topic":"a","payload":1}"""u8, out var message, out _));

        Assert.Equal(topic, message.Topic.ToString());
    }

    [Theory]
    [InlineData("21.5", "is no JSON object")]
    [InlineData("[]", "is no JSON object")]
    [InlineData("hello", "is no JSON: ")]
    [InlineData("{", "is no JSON: ")]
    [InlineData("""{"topic":"a","payload":1} x""", "is no JSON: ")]
    [InlineData("""{"topic":"a"}""", "has no \"payload\"")]
    [InlineData("""{"payload":1}""", "has no \"topic\"")]
    [InlineData("""{"topic":"","payload":1}""", "has a \"topic\" that is no Topic Name")]
    [InlineData("""{"topic":"a/#","payload":1}""", "has a \"topic\" that is no Topic Name")]
    [InlineData("""{"topic":1,"payload":1}""", "has a member \"topic\" that is none of")]
    [InlineData("""{"topic":"a","payload":1,"qos":3}""", "has a member \"qos\" that is none of")]
    [InlineData("""{"topic":"a","payload":1,"qos":"1"}""", "has a member \"qos\" that is none of")]
    [InlineData("""{"topic":"a","payload":1,"retain":1}""", "has a member \"retain\" that is none of")]
    [InlineData("""{"topic":"a","payload":1,"value":1}""", "has a member \"value\" that is none of")]
    [InlineData("""{"topic":"a","payload":"\ud800"}""", "is no JSON: ")]
    public void Another_line_says_what_is_wrong_with_it(string line, string fault)
    {
        Assert.False(NewReader(LineFormat.Json, "${topic}").TryRead(Encoding.UTF8.GetBytes(line), out _, out var why));
        Assert.StartsWith(fault, why, StringComparison.Ordinal);
    }

    private static LineReader NewReader(LineFormat format, string topic) =>
        new(new LineOptions { Name = "field", Port = new SerialPortOptions { Device = "" }, Format = format, Topic = topic });

    private static (string, string, QualityOfService, bool) Shown(Message message) =>
        (message.Topic.ToString(), Encoding.UTF8.GetString(message.Payload.Span), message.Qos, message.Retain);
}
