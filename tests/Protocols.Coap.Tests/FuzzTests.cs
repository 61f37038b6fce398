using System.Text;
using Edge.Messaging.Wire;
using Edge.Protocols.Coap.Codec;
using Edge.Protocols.Coap.SenMl;
using Edge.Protocols.Coap.Tests.Codec;
using Edge.Protocols.Coap.Tests.SenMl;

namespace Edge.Protocols.Coap.Tests;

/// <summary>Whatever datagrams come; <c>tests/fuzz.sh</c> runs it for long.</summary>
public sealed class FuzzTests
{
    private const int Largest = ushort.MaxValue;

    [Fact]
    public void Messages()
    {
        var (written, again) = (new byte[2 * Largest], new byte[2 * Largest]);
        Fuzzing.Run(
            Vectors.Octets,
            (octets, _) =>
            {
                var (error, size) = AnyMessage.RoundTrip(octets, written);
                Assert.Equal(error == ParseError.None, size > 0);
                if (size > 0)
                {
                    var (errorAgain, sizeAgain) = AnyMessage.RoundTrip(written.AsSpan(0, size), again);
                    Assert.Equal(ParseError.None, errorAgain);
                    Assert.True(written.AsSpan(0, size).SequenceEqual(again.AsSpan(0, sizeAgain)));
                }
            },
            Largest);
    }

    [Fact]
    public void SenMl_in_JSON() => SenMl(SenMlJson.Instance);

    [Fact]
    public void SenMl_in_CBOR() => SenMl(SenMlCbor.Instance);

    [Fact]
    public void Conversations_with_devices()
    {
        byte[][] good =
        [
            .. Vectors.Octets,
            EndPoint.Encode("POST", "ps/a?q=1", "hi", confirmable: true, "AB", 1), EndPoint.Encode("GET", "ps/#", "", confirmable: true, "AB", 2, (OptionNumber.Observe, 0)),
            EndPoint.Encode("GET", "ps/a", "", confirmable: false, "CD", 3, (OptionNumber.Observe, 0)), EndPoint.Encode("GET", "ps/a", "", confirmable: true, "AB", 4, (OptionNumber.Block2, 0x12)),
            EndPoint.Encode("GET", ".well-known/core?rt=core.*&obs", "", confirmable: true, "AB", 7), EndPoint.Encode("POST", "mqtt/connection?c=dev1&u=a&p=b", "", confirmable: true, "AB", 8),
            EndPoint.Encode("PUT", "ps/a", new string('x', 64), confirmable: true, "AB", 5, (OptionNumber.Block1, 0x0A)), EndPoint.Encode("DELETE", "ps/a", "", confirmable: true, "", 6),
            EndPoint.Encode("POST", "ps/a?q=2", """[{"bn":"x/","n":"a","v":1},{"n":"b","v":2,"t":-1}]""", confirmable: true, "AB", 7, (OptionNumber.ContentFormat, 110)),
        ];
        Fuzzing.Run(
            good,
            (octets, random) =>
            {
                var device = EndPoint.Connected(new CoapOptions { SenMl = SenMlPublishing.Split });
                device.Retained["a"] = EndPoint.Message("a", new string('y', 3_000), "text/plain");
                for (var events = random.Next(1, 40); events > 0 && !device.IsClosed; events--)
                {
                    device.Says(octets);
                    if (!device.IsClosed)
                    {
                        device.Happens(random);
                    }

                    octets = random.Next(2) == 0 ? good[random.Next(good.Length)] : Fuzzing.Mutate(good, random, 300);
                }

                _ = device.Asked; // Reads each message that was sent.
            },
            largest: 2_000);
    }

    [Fact]
    public void Requests_for_devices()
    {
        string[] requests =
        [
            """{"id":[7],"method":"put","path":"/valve/1?mode=slow&x","payload":"open","content_type":"text/plain","accept":50,"timeout":2.5}""",
            """{"content_type":"application/octet-stream","payload":"AP8=","path":"/%41%zz"}""", """{"path":"\ud800"}""", """{"id":"\u0000"}""",
        ];
        Fuzzing.Run(
            [.. requests.Select(Encoding.UTF8.GetBytes)],
            (octets, random) =>
            {
                var device = new EndPoint();
                device.Asks("GET", "ps/x?c=dev1");
                device.BrokerAccepts();
                _ = device.Asked;
                device.BrokerAsks(EndPoint.Message("$coap/dev1/request", "") with { Payload = octets });
                Assert.NotEmpty(device.Asked);
            },
            largest: 2_000);
    }

    /// <summary>What is not refused in words is resolved, and stays what it is when it is resolved again.</summary>
    private static void SenMl(SenMlEncoding encoding) => Fuzzing.Run(
        [.. SenMlVector.All.Where(vector => vector.Encoding == encoding && vector.Pack.Length > 0).Select(vector => vector.Pack)],
        (octets, _) =>
        {
            if (!SenMlPack.TrySplit(encoding, octets, 1_000, SenMlVector.Now, out var records, out var why))
            {
                Assert.NotEmpty(why);
                Assert.Empty(records);
                return;
            }

            Assert.NotEmpty(records);
            Assert.All(records, record =>
            {
                Assert.True(SenMlPack.TrySplit(encoding, record.Pack, 1, SenMlVector.Now, out var again, out var why), why);
                Assert.Equal(record.Name, Assert.Single(again).Name);
                Assert.True(record.Pack.Span.SequenceEqual(again[0].Pack.Span));
            });
        });
}
