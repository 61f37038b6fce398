using System.Text.Json;
using Edge.LocalBroker.Access.Tokens;

namespace Edge.LocalBroker.Tests.Access.Tokens;

/// <summary>Tokens and keys that others made: npm's jsonwebtoken and Node.js, and RFC 7515.</summary>
internal static class ForeignTokens
{
    /// <summary>When those of RFC 7515 hold.</summary>
    public static readonly DateTimeOffset TimeOfRfc7515 = DateTimeOffset.FromUnixTimeSeconds(1_300_819_379);

    private const string Payload = "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ";

    private static readonly JsonElement Node = JsonElement.Parse(File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "Vectors", "jsonwebtoken.json")));

    /// <summary>Algorithm, key and token of RFC 7515 appendices A.1 to A.3.</summary>
    public static (string Algorithm, string Key, string Token)[] OfRfc7515 { get; } =
    [
        ("HS256",
            """{"kty":"oct","k":"AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow"}""",
            $"eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9.{Payload}.dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"),
        ("RS256",
            """
            {"kty":"RSA","e":"AQAB","n":"ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yRT-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KXBdQOS-UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ"}
            """,
            $"eyJhbGciOiJSUzI1NiJ9.{Payload}.cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_O8W2Fp5jujGbds9uJdbF9CUAr7t1dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb1L07Qe7K0GarZRmB_eSN9383LcOLn6_dO--xi12jzDwusC-eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QOYEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN_IoypGlUPQGe77Rw"),
        ("ES256",
            """{"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}""",
            $"eyJhbGciOiJFUzI1NiJ9.{Payload}.DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q"),
    ];

    /// <summary>A token or key of Node.js.</summary>
    public static string OfNode(string name) => Node.GetProperty(name) is { ValueKind: JsonValueKind.String } text ? text.GetString()! : Node.GetProperty(name).GetRawText();

    /// <summary>Keys from the text of a file.</summary>
    public static TokenKeys Keys(string file) => Keys(System.Text.Encoding.UTF8.GetBytes(file));

    /// <summary>Likewise.</summary>
    public static TokenKeys Keys(byte[] file)
    {
        Assert.True(TokenKeys.TryRead(file, out var keys, out var fault), fault);
        return keys;
    }
}
