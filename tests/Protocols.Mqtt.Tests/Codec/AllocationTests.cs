using Edge.Protocols.Mqtt.Codec;

namespace Edge.Protocols.Mqtt.Tests.Codec;

public sealed class AllocationTests
{
    public static TheoryData<string, MqttVersion, string> Vectors => VectorTests.Vectors;

    [Theory, MemberData(nameof(Vectors))]
    public void Parsing_and_writing_allocate_nothing(string name, MqttVersion version, string packet)
    {
        var frame = Hex.Packet(packet);
        var room = new byte[frame.Length];

        var allocated = Allocations.PerCall(() => AnyPacket.Rewrite(frame, version, room, out _));

        Assert.True(allocated == 0, $"{name}: {allocated}");
    }

    [Fact]
    public void A_message_is_written_without_allocating()
    {
        var delivery = OutgoingPublishTests.DeliveryOf(OutgoingPublishTests.FullMessage) with { SubscriptionIdentifiers = [1, 300] };
        var room = new byte[1_000];

        Assert.Equal(0, Allocations.PerCall(() =>
        {
            var publish = new OutgoingPublish(delivery, MqttVersion.Mqtt5, 60);
            publish.Write(room.AsSpan(0, publish.Size));
        }));
    }
}
