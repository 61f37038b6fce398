namespace Edge.Protocols.MqttSn.Tests;

internal static class Hex
{
    public static byte[] Parse(string text) => Convert.FromHexString(text.Replace(" ", "", StringComparison.Ordinal));

    public static string Format(ReadOnlySpan<byte> octets) => Convert.ToHexString(octets);
}
