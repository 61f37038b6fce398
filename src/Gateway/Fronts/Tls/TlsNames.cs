using System.Globalization;
using System.Net.Security;
using Edge.Gateway.Configuration;
using Microsoft.Extensions.Logging;

namespace Edge.Gateway.Fronts.Tls;

/// <summary>All certificates of a TLS listener: its own, and those for clients that ask for a name (SNI).</summary>
/// <remarks>Each has files of its own, so that one that cannot be used keeps no other from being renewed.</remarks>
internal sealed class TlsNames : IDisposable
{
    private readonly TlsFiles _own;
    private readonly List<TlsFiles> _named = [];
    private readonly Dictionary<string, TlsFiles> _byName = [];

    /// <summary>Loads the files, and from then on looks at them.</summary>
    /// <param name="listener">Section of the listener, such as <c>listeners.mqtts</c>.</param>
    /// <param name="settings">Names and files.</param>
    /// <param name="clock">When to look.</param>
    /// <param name="logger">Told of what was loaded and what could not be.</param>
    /// <exception cref="StartException">A file cannot be used.</exception>
    public TlsNames(string listener, TlsSettings settings, TimeProvider clock, ILogger logger)
    {
        _own = new TlsFiles(listener, settings, clock, logger);
        try
        {
            foreach (var (index, certificate) in settings.Named.Index())
            {
                Add(certificate, new TlsFiles($"{listener}.certificates.{index}", certificate.Files, clock, logger, certificate.ServerNames));
            }
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        _own.Dispose();
        _named.ForEach(files => files.Dispose());
    }

    /// <summary>What a client is shown.</summary>
    /// <param name="serverName">The host name that it asks for, as the framework gives it; empty when it asks for none.</param>
    public TlsCredentials For(string serverName)
    {
        var name = serverName.ToLowerInvariant();
        return (_byName.GetValueOrDefault(name) ?? _byName.GetValueOrDefault(NamedCertificate.WildcardOf(name)) ?? _own).Current;
    }

    /// <summary>The terms of one handshake; see <see cref="TlsCredentials.ToOptions"/>.</summary>
    public SslServerAuthenticationOptions OptionsFor(string serverName, List<SslApplicationProtocol> protocols, Action<string, string> refused) =>
        _own.Current.ToOptions(For(serverName), protocols, refused);

    private void Add(NamedCertificate certificate, TlsFiles files)
    {
        _named.Add(files);
        foreach (var name in certificate.ServerNames)
        {
            _byName[name] = _byName[AsGiven(name)] = files;
        }
    }

    /// <summary>As the framework gives the name of a ClientHello: decoded where it can be (RFC 3492).</summary>
    private static string AsGiven(string serverName)
    {
        try
        {
            return new IdnMapping().GetUnicode(serverName);
        }
        catch (ArgumentException)
        {
            return serverName;
        }
    }
}
