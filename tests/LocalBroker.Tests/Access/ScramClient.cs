using System.Security.Cryptography;
using System.Text;
using Edge.LocalBroker.Access;

namespace Edge.LocalBroker.Tests.Access;

/// <summary>The other side, straight from RFC 5802 §3.</summary>
internal sealed class ScramClient(ScramMethod method, string user, string password, string header = "n,,")
{
    private readonly string _first = $"n={user.Replace("=", "=3D", StringComparison.Ordinal).Replace(",", "=2C", StringComparison.Ordinal)},r=abc";
    private byte[] _signature = [];

    public byte[] First => Encoding.UTF8.GetBytes(header + _first);

    public byte[] Final(ReadOnlySpan<byte> serverFirst)
    {
        var challenge = Encoding.UTF8.GetString(serverFirst);
        var fields = challenge.Split(',').Select(field => field[2..]).ToArray();
        var algorithm = method == ScramMethod.Sha256 ? HashAlgorithmName.SHA256 : HashAlgorithmName.SHA512;
        var salted = Rfc2898DeriveBytes.Pbkdf2(
            Encoding.UTF8.GetBytes(password), Convert.FromBase64String(fields[1]), int.Parse(fields[2], null), algorithm, method == ScramMethod.Sha256 ? 32 : 64);
        var withoutProof = $"c={Convert.ToBase64String(Encoding.UTF8.GetBytes(header))},r={fields[0]}";
        var messages = Encoding.UTF8.GetBytes($"{_first},{challenge},{withoutProof}");
        var clientKey = CryptographicOperations.HmacData(algorithm, salted, "Client Key"u8);
        var clientSignature = CryptographicOperations.HmacData(algorithm, CryptographicOperations.HashData(algorithm, clientKey), messages);
        _signature = CryptographicOperations.HmacData(algorithm, CryptographicOperations.HmacData(algorithm, salted, "Server Key"u8), messages);
        var proof = clientKey.Zip(clientSignature, (left, right) => (byte)(left ^ right)).ToArray();
        return Encoding.UTF8.GetBytes($"{withoutProof},p={Convert.ToBase64String(proof)}");
    }

    public bool Trusts(ReadOnlySpan<byte> serverFinal) => Encoding.UTF8.GetString(serverFinal) == $"v={Convert.ToBase64String(_signature)}";
}
