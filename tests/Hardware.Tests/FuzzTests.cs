using Edge.Hardware.Tests.Framing;
using Edge.Messaging.Wire;
using Edge.Serial.Framing;
using Edge.Serial.Lines;
using Edge.Serial.Ports;
using Edge.Serial.XBee;

namespace Edge.Hardware.Tests;

/// <summary>Whatever octets come; <c>tests/fuzz.sh</c> runs it for long.</summary>
public sealed class FuzzTests
{
    public static TheoryData<string> Framings => [.. Vector.Framings];

    [Theory, MemberData(nameof(Framings))]
    public void Framers(string framing) => Fuzzing.Run(
        [.. Vector.All.Where(vector => vector.Framing == framing).Select(vector => vector.OnLine)],
        (octets, random) =>
        {
            var framer = Vector.NewFramer(framing);
            var (at, taken) = (0, 0L);
            foreach (var count in Fuzzing.Cuts(octets.Length, random))
            {
                framer.Feed(octets.AsSpan(at, count));
                at += count;
                while (framer.TryRead(out var frame))
                {
                    Assert.InRange(frame.Length, 1, Vector.Largest);
                    taken += frame.Length;
                }

                if (random.Next(10) == 0)
                {
                    framer.OnSilence();
                }
            }

            Assert.InRange(framer.Skipped + taken, 0, octets.Length);
        },
        largest: 4_000);

    [Fact]
    public void Frames_of_an_XBee_radio() => Fuzzing.Run(
        [.. Vector.All.Where(vector => vector.Framing == "xbee1").SelectMany(vector => vector.Frames), Hex.Parse("80 0013A20040522B7D 28 00 0216"), Hex.Parse("81 1101 28 00 0216")],
        (octets, random) =>
        {
            var body = new WireReader(octets);
            var type = (XBeeFrameType)body.ReadByte();
            var isRead = ParseError.None;
            _ = type switch
            {
                XBeeFrameType.Receive or XBeeFrameType.Receive64 or XBeeFrameType.Receive16 => XBeeReceived.TryParse(type, ref body, out _, out isRead),
                XBeeFrameType.TransmitStatus or XBeeFrameType.Status802 => XBeeTransmitStatus.TryParse(type, ref body, out _, out isRead),
                XBeeFrameType.ModemStatus => XBeeModemStatus.TryParse(ref body, out _, out isRead),
                XBeeFrameType.AtResponse => XBeeAtResponse.TryParse(ref body, out _, out isRead),
                _ => false,
            };
            Assert.True(isRead is ParseError.None or ParseError.Truncated or ParseError.LengthMismatch);
        },
        largest: 300);

    [Fact]
    public void Lines_of_JSON()
    {
        var framer = new LineFramer(1_000);
        var reader = new LineReader(new LineOptions { Name = "field", Port = new SerialPortOptions { Device = "" }, Format = LineFormat.Json, Topic = "a/${topic}" });
        Fuzzing.Run(
            ["""{"topic":"a/b","payload":{"t":[1,2,"\u00e4"]},"qos":1,"retain":true}"""u8.ToArray(), """{"payload":"\n\\","topic":"ä"}"""u8.ToArray()],
            (octets, random) =>
            {
                framer.Feed([.. octets, (byte)'\n']);
                while (framer.TryRead(out var line))
                {
                    Assert.Equal(!reader.TryRead(line, out var message, out var fault), fault.Length > 0);
                    Assert.True(fault.Length > 0 || message.Topic.ToString().StartsWith("a/", StringComparison.Ordinal));
                }
            },
            largest: 2_000);
    }
}
