namespace Edge.Load.Coap;

/// <summary>Types of CoAP messages (RFC 7252 §3).</summary>
internal static class MessageType
{
    internal const int Confirmable = 0;
    internal const int NonConfirmable = 1;
    internal const int Acknowledgement = 2;
    internal const int Reset = 3;
}
