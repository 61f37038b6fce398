using System.Runtime.InteropServices;

namespace Edge.Load.Dtls;

/// <summary>What all DTLS clients here are known by, and what OpenSSL is to do with it.</summary>
internal sealed unsafe class PreSharedKey : IDisposable
{
    internal const string Identity = "load";

    /// <summary>The key, whose octets are printable, because libcoap's server takes it that way.</summary>
    internal const string Key = "sixteen-octets-k";

    private const ulong NoQueryMtu = 0x1000;

    internal PreSharedKey()
    {
        try
        {
            // What RFC 7252 §9.1.3.1 has each server know. From OpenSSL 3.2 on it is below the default security level.
            Context = OpenSsl.NewContext(OpenSsl.ClientMethod());
            _ = OpenSsl.SetCiphers(Context, "PSK-AES128-CCM8:@SECLEVEL=0");
            OpenSsl.SetOptions(Context, NoQueryMtu);
            OpenSsl.SetKeyCallback(Context, &OnKeyAsked);
        }
        catch (DllNotFoundException)
        {
            throw new LoadException("DTLS clients need OpenSSL 3 (Debian: libssl3).");
        }
    }

    /// <summary>OpenSSL's <c>SSL_CTX</c>.</summary>
    internal nint Context { get; }

    public void Dispose() => OpenSsl.FreeContext(Context);

    [UnmanagedCallersOnly]
    private static uint OnKeyAsked(nint ssl, byte* hint, byte* identity, uint identitySize, byte* key, uint keySize)
    {
        Write(Identity, identity, identitySize);
        return Write(Key, key, keySize);
    }

    private static uint Write(string text, byte* destination, uint size)
    {
        var room = new Span<byte>(destination, (int)size);
        room.Clear();
        return (uint)System.Text.Encoding.ASCII.GetBytes(text, room);
    }
}
