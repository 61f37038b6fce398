using System.Globalization;
using Edge.Gateway.Configuration;
using Microsoft.Extensions.Logging;

namespace Edge.Gateway.Fronts.Tls;

/// <summary>Keeps a TLS listener's credentials as its files are. Connections that exist keep what they began with.</summary>
/// <remarks>
/// The texts are read and compared each time. That sees every way to replace a file (written over, renamed over, a link anywhere on its
/// path turned elsewhere) and costs a few microseconds. A change is taken when it was the same twice, so that a certificate is not
/// tried before its key has followed. Files that cannot be used are told of once, and what was loaded stays.
/// </remarks>
internal sealed class TlsFiles : IDisposable
{
    private static readonly TimeSpan LookInterval = TimeSpan.FromSeconds(1);

    private readonly string _listener;
    private readonly TlsSettings _settings;
    private readonly TimeProvider _clock;
    private readonly ILogger _logger;
    private readonly ITimer _timer;
    private volatile TlsCredentials _current;
    private string _seen;
    private string _judged;

    /// <summary>Loads the files, and from then on looks at them.</summary>
    /// <param name="listener">Section of the listener, such as <c>listeners.mqtts</c>.</param>
    /// <param name="settings">Names of the files.</param>
    /// <param name="clock">When to look.</param>
    /// <param name="logger">Told of what was loaded and what could not be.</param>
    /// <exception cref="StartException">They cannot be used.</exception>
    public TlsFiles(string listener, TlsSettings settings, TimeProvider clock, ILogger logger)
    {
        (_listener, _settings, _clock, _logger) = (listener, settings, clock, logger);
        if (!TlsCredentials.Texts.TryRead(settings, out var texts, out var fault) || !TlsCredentials.TryLoad(settings, texts, out var loaded, out fault))
        {
            throw new StartException($"{listener}.{fault.Key} {fault.Problem}");
        }

        _current = loaded;
        _seen = _judged = texts.Fingerprint;
        TellOf(loaded);
        _timer = clock.CreateTimer(_ => Look(), null, LookInterval, Timeout.InfiniteTimeSpan);
    }

    /// <summary>What new connections are to begin with.</summary>
    public TlsCredentials Current => _current;

    public void Dispose() => _timer.Dispose();

    private void Look()
    {
        var isRead = TlsCredentials.Texts.TryRead(_settings, out var texts, out var fault);
        var seen = isRead ? texts!.Fingerprint : fault.Problem;
        var isSettled = seen == _seen;
        _seen = seen;
        if (isSettled && seen != _judged)
        {
            _judged = seen;
            if (isRead && TlsCredentials.TryLoad(_settings, texts!, out var loaded, out fault))
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
    }

    private static string Shown(DateTime instant) => instant.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
