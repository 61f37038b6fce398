namespace Edge.Load.Coap;

/// <summary>Codes of the CoAP messages that a load sends or expects (RFC 7252 §12.1).</summary>
internal static class MessageCode
{
    internal const byte Empty = 0;
    internal const byte Get = 0x01;
    internal const byte Post = 0x02;
    internal const byte Created = 0x41;
    internal const byte Changed = 0x44;
    internal const byte Content = 0x45;

    /// <summary>A code as the specification writes it, such as <c>4.04</c>.</summary>
    internal static string Text(byte code) => $"{code >> 5}.{code & 0x1F:D2}";
}
