namespace Edge.Protocols.Coap;

/// <summary>How measurements are published that come as SenML (RFC 8428), in JSON or CBOR.</summary>
public enum SenMlPublishing : byte
{
    /// <summary>As they came: a pack is a message.</summary>
    Pass = 0,

    /// <summary>Each record is a message of its own, under the posted topic and its name, and can be understood by itself.</summary>
    Split,
}
