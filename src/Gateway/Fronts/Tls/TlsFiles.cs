using System.Globalization;
using Edge.Gateway.Configuration;
using Microsoft.Extensions.Logging;

namespace Edge.Gateway.Fronts.Tls;

/// <summary>Keeps a certificate of a TLS listener, and who signs those of its clients, as the files are. Connections that exist keep what they began with.</summary>
/// <remarks>Files that cannot be used are told of once, and what was loaded stays.</remarks>
internal sealed class TlsFiles : IDisposable
{
    private static readonly TimeSpan LookInterval = TimeSpan.FromSeconds(1);

    private readonly string _listener;
    private readonly TlsSettings _settings;
    private readonly IReadOnlyList<string> _serverNames;
    private readonly TimeProvider _clock;
    private readonly ILogger _logger;
    private readonly WatchedFile _files;
    private readonly ITimer _timer;
    private volatile TlsCredentials _current;

    /// <summary>Loads the files, and from then on looks at them.</summary>
    /// <param name="listener">Section that names the files, such as <c>listeners.mqtts</c>.</param>
    /// <param name="settings">Names of the files.</param>
    /// <param name="clock">When to look.</param>
    /// <param name="logger">Told of what was loaded and what could not be.</param>
    /// <param name="serverNames">The names that clients ask for when they are shown the certificate; none for a listener's own.</param>
    /// <exception cref="StartException">They cannot be used.</exception>
    public TlsFiles(string listener, TlsSettings settings, TimeProvider clock, ILogger logger, params IReadOnlyList<string> serverNames)
    {
        (_listener, _settings, _clock, _logger, _serverNames) = (listener, settings, clock, logger, serverNames);

        // First, so that a change while they are loaded is seen.
        _files = new WatchedFile([.. ((string?[])[settings.Certificate, settings.Key, settings.ClientCa]).OfType<string>()]);
        if (!TlsCredentials.TryLoad(settings, out var loaded, out var fault))
        {
            throw new StartException($"{listener}.{fault.Key} {fault.Problem}");
        }

        _current = loaded;
        TellOf(loaded);
        _timer = clock.CreateTimer(_ => Look(), null, LookInterval, Timeout.InfiniteTimeSpan);
    }

    /// <summary>What new connections are to begin with.</summary>
    public TlsCredentials Current => _current;

    public void Dispose() => _timer.Dispose();

    private void Look()
    {
        if (_files.HasChanged())
        {
            if (TlsCredentials.TryLoad(_settings, out var loaded, out var fault))
            {
                _current = loaded;
                TellOf(loaded);
            }
            else
            {
                _logger.CredentialsKept($"{_listener}.{fault.Key}", fault.Problem);
            }
        }

        _timer.Change(LookInterval, Timeout.InfiniteTimeSpan);
    }

    private void TellOf(TlsCredentials loaded)
    {
        var certificate = loaded.Certificate;
        var (from, until) = (certificate.NotBefore.ToUniversalTime(), certificate.NotAfter.ToUniversalTime());
        _logger.CredentialsLoaded(_listener, certificate.Subject, Shown(until));
        if (_clock.GetUtcNow().UtcDateTime is var now && (now < from || now > until))
        {
            _logger.CertificateNotValidNow(_listener, Shown(from), Shown(until));
        }

        foreach (var name in _serverNames.Where(name => !loaded.IsFor(name)))
        {
            _logger.NameNotInCertificate(_listener, name, certificate.Subject);
        }
    }

    private static string Shown(DateTime instant) => instant.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
