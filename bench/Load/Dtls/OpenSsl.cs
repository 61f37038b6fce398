using System.Runtime.InteropServices;

namespace Edge.Load.Dtls;

/// <summary>What a DTLS client needs of OpenSSL 3 (Debian: libssl3).</summary>
internal static unsafe partial class OpenSsl
{
    internal const int WantRead = 2;

    private const string Ssl = "libssl.so.3";
    private const string Crypto = "libcrypto.so.3";

    [LibraryImport(Ssl, EntryPoint = "DTLS_client_method")]
    internal static partial nint ClientMethod();

    [LibraryImport(Ssl, EntryPoint = "SSL_CTX_new")]
    internal static partial nint NewContext(nint method);

    [LibraryImport(Ssl, EntryPoint = "SSL_CTX_free")]
    internal static partial void FreeContext(nint context);

    [LibraryImport(Ssl, EntryPoint = "SSL_CTX_set_cipher_list", StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int SetCiphers(nint context, string ciphers);

    [LibraryImport(Ssl, EntryPoint = "SSL_CTX_set_psk_client_callback")]
    internal static partial void SetKeyCallback(nint context, delegate* unmanaged<nint, byte*, byte*, uint, byte*, uint, uint> callback);

    [LibraryImport(Ssl, EntryPoint = "SSL_CTX_set_options")]
    internal static partial ulong SetOptions(nint context, ulong options);

    [LibraryImport(Ssl, EntryPoint = "SSL_new")]
    internal static partial nint New(nint context);

    [LibraryImport(Ssl, EntryPoint = "SSL_free")]
    internal static partial void Free(nint ssl);

    [LibraryImport(Ssl, EntryPoint = "SSL_set_bio")]
    internal static partial void SetBio(nint ssl, nint reading, nint writing);

    [LibraryImport(Ssl, EntryPoint = "SSL_ctrl")]
    internal static partial nint Control(nint ssl, int command, nint number, nint pointer);

    [LibraryImport(Ssl, EntryPoint = "SSL_connect")]
    internal static partial int Connect(nint ssl);

    [LibraryImport(Ssl, EntryPoint = "SSL_read")]
    internal static partial int Read(nint ssl, byte* buffer, int count);

    [LibraryImport(Ssl, EntryPoint = "SSL_write")]
    internal static partial int Write(nint ssl, byte* buffer, int count);

    [LibraryImport(Ssl, EntryPoint = "SSL_get_error")]
    internal static partial int GetError(nint ssl, int result);

    [LibraryImport(Crypto, EntryPoint = "BIO_new_socket")]
    internal static partial nint NewSocketBio(int descriptor, int close);

    [LibraryImport(Crypto, EntryPoint = "ERR_get_error")]
    private static partial nuint TakeError();

    [LibraryImport(Crypto, EntryPoint = "ERR_error_string_n")]
    private static partial void DescribeError(nuint error, byte* text, nuint length);

    /// <summary>The oldest error that OpenSSL has noted, in its words.</summary>
    internal static string Error()
    {
        var text = stackalloc byte[256];
        DescribeError(TakeError(), text, 256);
        return Marshal.PtrToStringUTF8((nint)text)!;
    }
}
