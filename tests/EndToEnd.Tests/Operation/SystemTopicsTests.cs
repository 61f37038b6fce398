using System.Text;
using Edge.EndToEnd.Tests.Harness;

namespace Edge.EndToEnd.Tests.Operation;

/// <summary>What the gateway says of itself, as a client reads it.</summary>
public sealed class SystemTopicsTests : EndToEndTest
{
    [Fact]
    public async Task Octets_of_all_packets_are_counted()
    {
        var gateway = await StartGatewayAsync(new GatewayConfiguration { Settings = ["gateway.sys_interval = \"100ms\""] });
        await using (var wire = await WireConversation.ConnectAsync(gateway.MqttPort))
        {
            await wire.SendAsync("10 0F 0004 4D515454 04 02 0000 0003 6E6577"); // 17 octets.
            await wire.ExpectAsync("20 02 00 00");
            await wire.SendAsync("C0 00");
            await wire.ExpectAsync("D0 00");
            await wire.SendAsync("E0 00");
            Assert.Empty(await wire.ReadToEndAsync());
        }

        // CONNECT, SUBSCRIBE with a Packet Identifier, and what the first client sent.
        var filter = "$SYS/broker/bytes/received"u8.ToArray();
        await using var reader = await WireConversation.ConnectAsync(gateway.MqttPort);
        await reader.SendAsync("10 0F 0004 4D515454 04 02 0000 0003 6E6577");
        await reader.ExpectAsync("20 02 00 00");
        await reader.SendAsync($"82 {filter.Length + 5:X2} 0001 {filter.Length:X4} {Convert.ToHexString(filter)} 00");
        await reader.ExpectAsync("90 03 0001 00");

        var expected = $"{21 + 17 + filter.Length + 7}";
        var told = "";
        while (!told.EndsWith(expected, StringComparison.Ordinal))
        {
            var header = await reader.ReadAsync(2);
            told = Encoding.UTF8.GetString(await reader.ReadAsync(header[1]));
        }
    }
}
