namespace Edge.Protocols.Coap.SenMl;

/// <summary>What the value of a field is.</summary>
internal enum SenMlType : byte
{
    Text,
    Number,
    Boolean,

    /// <summary>Octets: base64url in JSON, a byte string in CBOR.</summary>
    Data,

    /// <summary>A whole number above 0; in CBOR an unsigned integer.</summary>
    Version,
}
