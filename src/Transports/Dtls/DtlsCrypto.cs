using Org.BouncyCastle.Tls;
using Org.BouncyCastle.Tls.Crypto;
using Org.BouncyCastle.Tls.Crypto.Impl.BC;

namespace Edge.Transports.Dtls;

/// <summary>The library's cryptography, but that no record which anybody may have invented ends an association.</summary>
/// <remarks>
/// The library takes a record that is too short for its cipher, and other things that it sees before it knows whether a record is authentic, for
/// fatal. DTLS passes over them (RFC 6347 §4.1.2.7), as the library does with what is not authentic: so they are called that.
/// </remarks>
internal sealed class DtlsCrypto : BcTlsCrypto
{
    public override TlsCipher CreateCipher(TlsCryptoParameters cryptoParams, int encryptionAlgorithm, int macAlgorithm) =>
        new Cipher(base.CreateCipher(cryptoParams, encryptionAlgorithm, macAlgorithm));

    private sealed class Cipher(TlsCipher cipher) : TlsCipher
    {
        public bool UsesOpaqueRecordType => cipher.UsesOpaqueRecordType;

        public int GetCiphertextDecodeLimit(int plaintextLimit) => cipher.GetCiphertextDecodeLimit(plaintextLimit);

        public int GetCiphertextEncodeLimit(int plaintextLength, int plaintextLimit) => cipher.GetCiphertextEncodeLimit(plaintextLength, plaintextLimit);

        public int GetPlaintextLimit(int ciphertextLimit) => cipher.GetPlaintextLimit(ciphertextLimit);

        public TlsEncodeResult EncodePlaintext(
            long seqNo, short contentType, ProtocolVersion recordVersion, int headerAllocation, byte[] plaintext, int offset, int len) =>
            cipher.EncodePlaintext(seqNo, contentType, recordVersion, headerAllocation, plaintext, offset, len);

        public TlsEncodeResult EncodePlaintext(
            long seqNo, short contentType, ProtocolVersion recordVersion, int headerAllocation, ReadOnlySpan<byte> plaintext) =>
            cipher.EncodePlaintext(seqNo, contentType, recordVersion, headerAllocation, plaintext);

        public TlsDecodeResult DecodeCiphertext(long seqNo, short recordType, ProtocolVersion recordVersion, byte[] ciphertext, int offset, int len)
        {
            try
            {
                return cipher.DecodeCiphertext(seqNo, recordType, recordVersion, ciphertext, offset, len);
            }
            catch (Exception fault) when (fault is not TlsFatalAlert { AlertDescription: AlertDescription.bad_record_mac })
            {
                throw new TlsFatalAlert(AlertDescription.bad_record_mac, fault);
            }
        }

        public void RekeyDecoder() => cipher.RekeyDecoder();

        public void RekeyEncoder() => cipher.RekeyEncoder();
    }
}
