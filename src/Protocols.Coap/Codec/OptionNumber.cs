namespace Edge.Protocols.Coap.Codec;

/// <summary>Numbers of options. Odd ones are critical; those with bit 1 are unsafe to forward (RFC 7252 §5.4.6).</summary>
public enum OptionNumber : ushort
{
    /// <summary>RFC 7252 §5.10.8.1.</summary>
    IfMatch = 1,

    /// <summary>RFC 7252 §5.10.1.</summary>
    UriHost = 3,

    /// <summary>RFC 7252 §5.10.6.</summary>
    ETag = 4,

    /// <summary>RFC 7252 §5.10.8.2.</summary>
    IfNoneMatch = 5,

    /// <summary>RFC 7641 §2.</summary>
    Observe = 6,

    /// <summary>RFC 7252 §5.10.1.</summary>
    UriPort = 7,

    /// <summary>RFC 7252 §5.10.7.</summary>
    LocationPath = 8,

    /// <summary>RFC 7252 §5.10.1.</summary>
    UriPath = 11,

    /// <summary>RFC 7252 §5.10.3.</summary>
    ContentFormat = 12,

    /// <summary>RFC 7252 §5.10.5.</summary>
    MaxAge = 14,

    /// <summary>RFC 7252 §5.10.1.</summary>
    UriQuery = 15,

    /// <summary>RFC 8768.</summary>
    HopLimit = 16,

    /// <summary>RFC 7252 §5.10.4.</summary>
    Accept = 17,

    /// <summary>RFC 7252 §5.10.7.</summary>
    LocationQuery = 20,

    /// <summary>RFC 7959 §2.1: block of a response.</summary>
    Block2 = 23,

    /// <summary>RFC 7959 §2.1: block of a request.</summary>
    Block1 = 27,

    /// <summary>RFC 7959 §4: size of the response in all.</summary>
    Size2 = 28,

    /// <summary>RFC 7252 §5.10.2.</summary>
    ProxyUri = 35,

    /// <summary>RFC 7252 §5.10.2.</summary>
    ProxyScheme = 39,

    /// <summary>RFC 7252 §5.10.9, RFC 7959 §4: size of the request in all.</summary>
    Size1 = 60,

    /// <summary>RFC 9175 §2.2.1.</summary>
    Echo = 252,

    /// <summary>RFC 7967 §2.</summary>
    NoResponse = 258,

    /// <summary>RFC 9175 §3.2.1.</summary>
    RequestTag = 292,
}
