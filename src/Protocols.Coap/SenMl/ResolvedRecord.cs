namespace Edge.Protocols.Coap.SenMl;

/// <summary>A record that stands by itself (RFC 8428 §4.6).</summary>
/// <param name="Name">Base Name and Name together.</param>
/// <param name="Pack">A pack of this record alone, without base fields and with an absolute time, in the format in which it came.</param>
internal sealed record ResolvedRecord(string Name, ReadOnlyMemory<byte> Pack);
