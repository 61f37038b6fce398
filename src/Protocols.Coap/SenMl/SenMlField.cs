namespace Edge.Protocols.Coap.SenMl;

/// <summary>The value of a field.</summary>
/// <param name="Octets">As it stands in the pack, to be written again unchanged; empty when it was computed.</param>
/// <param name="Number">What a number is.</param>
/// <param name="Text">What a text is.</param>
internal sealed record SenMlField(ReadOnlyMemory<byte> Octets, SenMlNumber Number = default, string? Text = null);
