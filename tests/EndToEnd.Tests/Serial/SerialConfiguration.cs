using Edge.EndToEnd.Tests.Harness;

namespace Edge.EndToEnd.Tests.Serial;

/// <summary>A gateway with one serial line, and the first words of a node on it.</summary>
internal static class SerialConfiguration
{
    /// <summary>CONNECT of a node.</summary>
    public static byte[] Connect => Hex.Parse("0B 04 04 01 003C 'field'");

    /// <summary>The answer.</summary>
    public static byte[] ConnAck => Hex.Parse("03 05 00");

    /// <summary>The configuration.</summary>
    /// <param name="device">Path of the device.</param>
    /// <param name="protocol">What is spoken on it.</param>
    /// <param name="others">Further keys of the line with their values.</param>
    public static GatewayConfiguration Line(string device, string protocol, params string[] others) => new()
    {
        Settings =
        [
            "gateway.sys_interval = \"100ms\"",
            "log.level = \"debug\"",
            $"""
             [[serial]]
             name = "field"
             device = "{device}"
             protocol = "{protocol}"
             {string.Join('\n', others)}
             """,
        ],
    };
}
