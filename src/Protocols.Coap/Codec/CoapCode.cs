namespace Edge.Protocols.Coap.Codec;

/// <summary>Method of a request or code of a response: a class of three bits and a detail of five, written <c>c.dd</c> (RFC 7252 §5.2, §12.1).</summary>
/// <param name="Value">As it stands in the message.</param>
public readonly record struct CoapCode(byte Value)
{
    /// <summary>0.00: no request, no response.</summary>
    public static CoapCode Empty => new(0);

    /// <summary>0.01.</summary>
    public static CoapCode Get => new(0x01);

    /// <summary>0.02.</summary>
    public static CoapCode Post => new(0x02);

    /// <summary>0.03.</summary>
    public static CoapCode Put => new(0x03);

    /// <summary>0.04.</summary>
    public static CoapCode Delete => new(0x04);

    /// <summary>0.05 (RFC 8132).</summary>
    public static CoapCode Fetch => new(0x05);

    /// <summary>0.06 (RFC 8132).</summary>
    public static CoapCode Patch => new(0x06);

    /// <summary>0.07 (RFC 8132).</summary>
    public static CoapCode IPatch => new(0x07);

    /// <summary>2.01.</summary>
    public static CoapCode Created => Of(2, 1);

    /// <summary>2.02.</summary>
    public static CoapCode Deleted => Of(2, 2);

    /// <summary>2.03: what the client has is fresh (§5.9.1.3).</summary>
    public static CoapCode Valid => Of(2, 3);

    /// <summary>2.04.</summary>
    public static CoapCode Changed => Of(2, 4);

    /// <summary>2.05.</summary>
    public static CoapCode Content => Of(2, 5);

    /// <summary>2.31: the block came, and the next may (RFC 7959 §2.9.1).</summary>
    public static CoapCode Continue => Of(2, 31);

    /// <summary>4.00.</summary>
    public static CoapCode BadRequest => Of(4, 0);

    /// <summary>4.01.</summary>
    public static CoapCode Unauthorized => Of(4, 1);

    /// <summary>4.02: a critical option is not known, or stands where it must not (§5.4.1).</summary>
    public static CoapCode BadOption => Of(4, 2);

    /// <summary>4.03.</summary>
    public static CoapCode Forbidden => Of(4, 3);

    /// <summary>4.04.</summary>
    public static CoapCode NotFound => Of(4, 4);

    /// <summary>4.05.</summary>
    public static CoapCode MethodNotAllowed => Of(4, 5);

    /// <summary>4.06.</summary>
    public static CoapCode NotAcceptable => Of(4, 6);

    /// <summary>4.08: blocks are missing (RFC 7959 §2.9.2).</summary>
    public static CoapCode RequestEntityIncomplete => Of(4, 8);

    /// <summary>4.12.</summary>
    public static CoapCode PreconditionFailed => Of(4, 12);

    /// <summary>4.13.</summary>
    public static CoapCode RequestEntityTooLarge => Of(4, 13);

    /// <summary>4.15.</summary>
    public static CoapCode UnsupportedContentFormat => Of(4, 15);

    /// <summary>4.29: come again after Max-Age (RFC 8516).</summary>
    public static CoapCode TooManyRequests => Of(4, 29);

    /// <summary>5.00.</summary>
    public static CoapCode InternalServerError => Of(5, 0);

    /// <summary>5.01.</summary>
    public static CoapCode NotImplemented => Of(5, 1);

    /// <summary>5.03.</summary>
    public static CoapCode ServiceUnavailable => Of(5, 3);

    /// <summary>5.05.</summary>
    public static CoapCode ProxyingNotSupported => Of(5, 5);

    /// <summary>0 for requests, 2 for success, 4 and 5 for errors; 1, 6 and 7 are reserved.</summary>
    public int Class => Value >> 5;

    /// <summary>0 to 31.</summary>
    public int Detail => Value & 0x1F;

    /// <summary>Whether it is a method, known or not.</summary>
    public bool IsRequest => Class == 0 && Detail != 0;

    /// <summary>Whether it is a response, known or not.</summary>
    public bool IsResponse => Class is 2 or 4 or 5;

    /// <summary>Whether its class is one that nobody may use yet.</summary>
    public bool IsReserved => Class is 1 or 6 or 7;

    /// <inheritdoc/>
    public override string ToString() => $"{Class}.{Detail:D2}";

    private static CoapCode Of(int codeClass, int detail) => new((byte)((codeClass << 5) | detail));
}
