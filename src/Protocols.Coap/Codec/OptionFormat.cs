namespace Edge.Protocols.Coap.Codec;

/// <summary>What the value of an option may be (RFC 7252 §3.2, §5.4.3, §5.4.5).</summary>
/// <param name="MinLength">Least octets.</param>
/// <param name="MaxLength">Most octets.</param>
/// <param name="IsRepeatable">Whether it may be there more than once.</param>
/// <param name="IsText">Whether it is UTF-8.</param>
internal readonly record struct OptionFormat(int MinLength, int MaxLength, bool IsRepeatable = false, bool IsText = false)
{
    /// <summary>The format of an option; null when the number is not known.</summary>
    public static OptionFormat? Of(OptionNumber number) => number switch
    {
        OptionNumber.IfMatch => new(0, 8, IsRepeatable: true),
        OptionNumber.UriHost => new(1, 255, IsText: true),
        OptionNumber.ETag => new(1, 8, IsRepeatable: true),
        OptionNumber.IfNoneMatch => new(0, 0),
        OptionNumber.Observe => new(0, 3),
        OptionNumber.UriPort => new(0, 2),
        OptionNumber.LocationPath => new(0, 255, IsRepeatable: true, IsText: true),
        OptionNumber.UriPath => new(0, 255, IsRepeatable: true, IsText: true),
        OptionNumber.ContentFormat => new(0, 2),
        OptionNumber.MaxAge => new(0, 4),
        OptionNumber.UriQuery => new(0, 255, IsRepeatable: true, IsText: true),
        OptionNumber.HopLimit => new(1, 1),
        OptionNumber.Accept => new(0, 2),
        OptionNumber.LocationQuery => new(0, 255, IsRepeatable: true, IsText: true),
        OptionNumber.Block2 => new(0, 3),
        OptionNumber.Block1 => new(0, 3),
        OptionNumber.Size2 => new(0, 4),
        OptionNumber.ProxyUri => new(1, 1_034, IsText: true),
        OptionNumber.ProxyScheme => new(1, 255, IsText: true),
        OptionNumber.Size1 => new(0, 4),
        OptionNumber.Echo => new(1, 40),
        OptionNumber.NoResponse => new(0, 1),
        OptionNumber.RequestTag => new(0, 8, IsRepeatable: true),
        _ => null,
    };
}
