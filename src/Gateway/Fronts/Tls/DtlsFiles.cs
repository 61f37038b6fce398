using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Edge.Gateway.Configuration;
using Edge.Messaging;
using Edge.Transports;
using Edge.Transports.Dtls;
using Microsoft.Extensions.Logging;

namespace Edge.Gateway.Fronts.Tls;

/// <summary>Keeps the keys and certificates of a DTLS listener as the files are. Who came with a key that is there no more is let go.</summary>
/// <remarks>Files that cannot be used are told of once, and what was loaded stays.</remarks>
internal sealed class DtlsFiles : IClientIdentities, IDisposable
{
    private static readonly TimeSpan LookInterval = TimeSpan.FromSeconds(1);

    private readonly string _section;
    private readonly ListenerSettings _listener;
    private readonly ILogger _logger;
    private readonly WatchedFile _files;
    private readonly ITimer _timer;

    /// <summary>Opens the listener's link with what the files hold, and from then on looks at them.</summary>
    /// <param name="section">Section that names the files, such as <c>listeners.mqttsn_dtls</c>.</param>
    /// <param name="listener">Names of the files, and where the link listens.</param>
    /// <param name="clock">When to look.</param>
    /// <param name="logger">Told of what was loaded, and what could not be.</param>
    /// <exception cref="StartException">They cannot be used.</exception>
    public DtlsFiles(string section, ListenerSettings listener, TimeProvider clock, ILogger logger)
    {
        (_section, _listener, _logger) = (section, listener, logger);

        // First, so that a change while they are loaded is seen.
        _files = new WatchedFile([.. ((string?[])[listener.PskFile, listener.Tls.Certificate, listener.Tls.Key, listener.Tls.ClientCa]).OfType<string>()]);
        if (!TryLoad(listener, out var loaded, out var fault))
        {
            throw new StartException($"{section}.{fault.Key} {fault.Problem}");
        }

        Link = new DtlsLink(listener.Bind, loaded, new DtlsLinkOptions { HandshakeFailed = TellOfFailure }, clock);
        TellOf(loaded);
        _timer = clock.CreateTimer(_ => Look(), null, LookInterval, Timeout.InfiniteTimeSpan);
    }

    /// <summary>The link. Whoever receives from it closes it.</summary>
    public DtlsLink Link { get; }

    /// <summary>Makes credentials of what the files hold now.</summary>
    public static bool TryLoad(ListenerSettings listener, [NotNullWhen(true)] out DtlsCredentials? credentials, out TlsFault fault)
    {
        credentials = null;
        var keys = "";
        if ((listener.PskFile is { } file && !TryRead("psk_file", file, out keys, out fault)) || !TryLoadCertificates(listener.Tls, out var own, out var clientCa, out fault))
        {
            return false;
        }

        PskTable? table = null;
        if (listener.PskFile is not null && !PskTable.TryParse(keys, out table, out var wrongLine))
        {
            fault = new TlsFault("psk_file", $"is \"{listener.PskFile}\", of which line {wrongLine} is wrong; each must be \"identity:key\", the key in hexadecimal, and no identity there twice");
            return false;
        }

        credentials = new DtlsCredentials { Psk = table, Certificate = own, ClientCa = clientCa };
        fault = default;
        return true;
    }

    /// <inheritdoc/>
    public ConnectRequest Identify(ConnectRequest request, LinkAddress address)
    {
        // A forwarder answers for the nodes behind it.
        var identity = Link.IdentityOf(address.Forwarder);
        ClientCertificate? certificate = null;
        if (identity?.Certificate is { } shown && !CertificateNames.TryRead(shown, out certificate))
        {
            _logger.ClientCertificateRefused(address.ToString(), "", "its names are not encoded as they must be");
        }

        return request with { PskIdentity = identity?.PskIdentity, Certificate = certificate, IsBoundToUser = _listener.BindsClientIds };
    }

    /// <inheritdoc/>
    public string? UserAt(LinkAddress address) => Link.IdentityOf(address.Forwarder)?.PskIdentity;

    /// <summary>Looks no more at the files.</summary>
    public void Dispose() => _timer.Dispose();

    private static bool TryLoadCertificates(TlsSettings tls, out DtlsCertificate? own, out X509Certificate2Collection? clientCa, out TlsFault fault)
    {
        (own, clientCa, fault) = (null, null, default);
        if (tls.Certificate is null)
        {
            return true;
        }

        if (!TryRead("certificate", tls.Certificate, out var certificates, out fault) || !TryRead("key", tls.Key!, out var key, out fault))
        {
            return false;
        }

        if (!DtlsCertificate.TryLoad(certificates, key, out own, out var reason))
        {
            fault = new TlsFault("key", $"is \"{tls.Key}\"; it must be a PEM file with the private key, not encrypted, of the first certificate in \"{tls.Certificate}\": {reason}");
            return false;
        }

        if (tls.ClientCa is null)
        {
            return true;
        }

        try
        {
            clientCa = [];
            clientCa.ImportFromPemFile(tls.ClientCa);
            reason = clientCa.Any(root => root.SubjectName.RawData.AsSpan().SequenceEqual(root.IssuerName.RawData)) ? null : "none in it is self-signed.";
        }
        catch (Exception exception) when (exception is CryptographicException or IOException or UnauthorizedAccessException)
        {
            reason = exception.Message;
        }

        if (reason is not null)
        {
            fault = new TlsFault("client_ca", $"is \"{tls.ClientCa}\"; it must be a PEM file with the root certificates that sign the clients': {reason}");
        }

        return reason is null;
    }

    private static bool TryRead(string key, string path, out string text, out TlsFault fault)
    {
        try
        {
            text = File.ReadAllText(path);
            fault = default;
            return true;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            text = "";
            fault = new TlsFault(key, $"is \"{path}\"; it must be the path of a file that exists and can be read: {exception.Message}");
            return false;
        }
    }

    private void Look()
    {
        if (_files.HasChanged())
        {
            if (TryLoad(_listener, out var loaded, out var fault))
            {
                Link.Credentials = loaded;
                TellOf(loaded);
            }
            else
            {
                _logger.CredentialsKept($"{_section}.{fault.Key}", fault.Problem);
            }
        }

        _timer.Change(LookInterval, Timeout.InfiniteTimeSpan);
    }

    private void TellOf(DtlsCredentials loaded) =>
        _logger.DtlsCredentialsLoaded(_section, loaded.Psk?.Count ?? 0, loaded.Certificate?.Subject ?? "none");

    private void TellOfFailure(LinkAddress client, string reason) => _logger.HandshakeFailed(_section, client, reason);
}
