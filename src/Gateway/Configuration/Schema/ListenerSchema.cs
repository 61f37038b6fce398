using System.Net;
using System.Net.Sockets;
using Edge.Gateway.Fronts.Tls;
using Edge.LocalBroker.Access;

namespace Edge.Gateway.Configuration.Schema;

/// <summary>The keys of <c>listeners</c>, and what must hold between them.</summary>
internal static class ListenerSchema
{
    /// <summary>A listener: its section, what it is, and where its settings are.</summary>
    private sealed record Section(
        string Key, string Feature, Func<GatewaySettings, ListenerSettings> Get, Func<GatewaySettings, ListenerSettings, GatewaySettings> Set,
        bool IsSecure = false, bool IsWebSocket = false, bool HasPasswords = true, bool IsOfDatagrams = false, bool IsDtls = false);

    private static readonly Section[] Sections =
    [
        new("listeners.mqtt", "MQTT 3.1, 3.1.1 and 5.0 over TCP.", s => s.MqttListener, (s, value) => s with { MqttListener = value }),
        new("listeners.mqtts", "MQTT over TLS.", s => s.MqttTlsListener, (s, value) => s with { MqttTlsListener = value }, IsSecure: true),
        new("listeners.ws", "MQTT over WebSocket.", s => s.WebSocketListener, (s, value) => s with { WebSocketListener = value }, IsWebSocket: true),
        new("listeners.wss", "MQTT over secure WebSocket.", s => s.SecureWebSocketListener, (s, value) => s with { SecureWebSocketListener = value },
            IsSecure: true, IsWebSocket: true),
        new("listeners.mqttsn", "MQTT-SN over UDP.", s => s.MqttSnListener, (s, value) => s with { MqttSnListener = value },
            HasPasswords: false, IsOfDatagrams: true),
        new("listeners.mqttsn_dtls", "MQTT-SN over DTLS 1.2.", s => s.MqttSnDtlsListener, (s, value) => s with { MqttSnDtlsListener = value },
            HasPasswords: false, IsDtls: true),
        new("listeners.coap", "CoAP over UDP.", s => s.CoapListener, (s, value) => s with { CoapListener = value }, IsOfDatagrams: true),
        new("listeners.coaps", "CoAP over DTLS 1.2.", s => s.CoapDtlsListener, (s, value) => s with { CoapDtlsListener = value }, IsDtls: true),
    ];

    private static readonly SettingType<string> UrlPath = SettingType.Text(
        "a path such as `\"/mqtt\"`, of letters, digits, `-`, `_`, `.` and `/`",
        text => text.StartsWith('/') && text.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_' or '.' or '/'));

    /// <summary>The keys, in order.</summary>
    public static IEnumerable<Setting<GatewaySettings>> Settings { get; } = [.. Sections.SelectMany(SettingsOf)];

    /// <summary>Looks at what one key alone cannot tell.</summary>
    public static void Check(GatewaySettings settings, ConfigurationReport report)
    {
        if (settings.AllowAnonymous == AnonymousAccess.Nobody && !HasUsers(report) && !Sections.Any(section => TakesProof(section, settings)))
        {
            report.Add("auth.allow_anonymous", "is false, and there is neither auth.users_file nor auth.jwt.key_file, so nobody could connect; it must be \"loopback\" or true, or there must be users");
        }

        foreach (var section in Sections)
        {
            var listener = section.Get(settings);
            var beyond = ((IEnumerable<IPEndPoint>)[listener.Bind, .. listener.AlsoBind]).FirstOrDefault(bind => !IPAddress.IsLoopback(bind.Address));
            if (listener.Enabled && beyond is not null && WhyLoopback(section, settings, report) is { } problem)
            {
                report.Add($"{section.Key}.bind", $"is \"{beyond}\", beyond loopback, {problem}; "
                    + $"it must be a loopback address such as \"127.0.0.1:{beyond.Port}\", or auth.allow_anonymous = true must say that this is meant");
            }

            CheckBinds(section.Key, [listener.Bind, .. listener.AlsoBind], report);
            if (section.IsSecure)
            {
                CheckTls(section.Key, listener, report);
            }
            else if (section.IsDtls)
            {
                CheckDtls(section.Key, listener, report);
            }
        }
    }

    /// <summary>Why a listener must not be opened to a network; null when it may be.</summary>
    private static string? WhyLoopback(Section section, GatewaySettings settings, ConfigurationReport report) =>
        settings.AllowAnonymous == AnonymousAccess.Everyone ? null
        : TakesProof(section, settings) ? null
        : !HasUsers(report) ? "while nobody needs to authenticate"
        : section.HasPasswords ? null
        : "where MQTT-SN clients, which have no password, would not be let in";

    private static bool HasUsers(ConfigurationReport report) => report.IsGiven("auth.users_file") || report.IsGiven(TokenKeyFile.Key);

    /// <summary>Whether a certificate or a pre-shared key says on a listener who a client's user is.</summary>
    private static bool TakesProof(Section section, GatewaySettings settings) =>
        section.Get(settings) is { Enabled: true } listener
        && (listener.PskFile is not null || (settings.CertificateIdentity != CertificateIdentity.None && listener.Tls.ClientCa is not null));

    private static IEnumerable<Setting<GatewaySettings>> SettingsOf(Section section)
    {
        var port = section.Get(new GatewaySettings { Name = "", Storage = new() { Directory = "" } }).Bind.Port;

        // Before the switch: a certificate turns the listener on, and the switch has the last word.
        IEnumerable<Setting<GatewaySettings>> tls = !section.IsSecure ? [] :
        [
            Value(section, "certificate", SettingType.ReadableFile, "none",
                "PEM file with the listener's certificate, then the intermediate ones up to the root, which are sent along. Read again when it changes.",
                (l, value) => l with { Enabled = true, Tls = l.Tls with { Certificate = value } }),
            Value(section, "key", SettingType.ReadableFile, "none",
                "PEM file with the private key of `certificate`, not encrypted; may be the same file. Read again when it changes.",
                (l, value) => l with { Tls = l.Tls with { Key = value } }),
            Value(section, "client_ca", SettingType.ReadableFile, "none",
                "PEM file with the root certificates that sign the clients'. With it, every client is asked for a certificate, and one that shows "
                    + "another, or one that ran out, is turned away. Read again when it changes.",
                (l, value) => l with { Tls = l.Tls with { ClientCa = value } }),
            Value(section, "require_client_certificate", SettingType.Toggle, "`false`",
                "Whether a client without a certificate is turned away, too.",
                (l, value) => l with { Tls = l.Tls with { RequireClientCertificate = value } }),
            new TableArraySetting<GatewaySettings, NamedCertificate>(
                $"{section.Key}.certificates", $"an array of tables, each written `[[{section.Key}.certificates]]`",
                "Further certificates, each for clients that ask for a name of its own; all others are shown `certificate`.",
                _ => NamedCertificateSchema.Schema,
                (s, value) => section.Set(s, section.Get(s) with { Tls = section.Get(s).Tls with { Named = value } })),
        ];
        IEnumerable<Setting<GatewaySettings>> dtls = !section.IsDtls ? [] :
        [
            Value(section, "psk_file", SettingType.ReadableFile, "none",
                "File with pre-shared keys, a line `identity:key` for each, the key in hexadecimal, as mosquitto has it. A client is the user of its identity. Read again when it changes.",
                (l, value) => l with { Enabled = true, PskFile = value }),
            Value(section, "certificate", SettingType.ReadableFile, "none",
                "PEM file with the listener's certificate, then the intermediate ones, for clients that come without a pre-shared key. Read again when it changes.",
                (l, value) => l with { Enabled = true, Tls = l.Tls with { Certificate = value } }),
            Value(section, "key", SettingType.ReadableFile, "none",
                "PEM file with the private key of `certificate`, not encrypted, ECDSA or RSA; may be the same file. Read again when it changes.",
                (l, value) => l with { Tls = l.Tls with { Key = value } }),
            Value(section, "client_ca", SettingType.ReadableFile, "none",
                "PEM file with the root certificates that sign the clients'. With it, a client that comes without a pre-shared key and shows no certificate, or another, is turned away. Read again when it changes.",
                (l, value) => l with { Tls = l.Tls with { ClientCa = value } }),
            Value(section, "client_id", SettingType.OneOf(("any", false), ("user", true)), "`\"any\"`",
                "Which ClientId a client may have: any, or none but the name of its user.",
                (l, value) => l with { BindsClientIds = value }),
        ];
        IEnumerable<Setting<GatewaySettings>> path = !section.IsWebSocket ? [] :
        [
            Value(section, "path", UrlPath, "`\"/mqtt\"`", "Path of the URL at which it is served.", (l, value) => l with { Path = value }),
        ];
        IEnumerable<Setting<GatewaySettings>> perAddress = !section.IsOfDatagrams ? [] :
        [
            Value(section, "max_connections_per_address", SettingType.WholeNumber(0, 10_000_000), "`0`",
                "Clients connected to it at a time from one address, which an IPv6 network of 64 bits is, too; those beyond are told to come later. `0` for any number.",
                (l, value) => l with { MaxConnectionsPerAddress = value }),
            Value(section, "max_datagram_rate_per_address", SettingType.CountRate, "`0`",
                "How fast datagrams may come from one address; those beyond are dropped unread, counted and logged. `0` for any rate.",
                (l, value) => l with { MaxDatagramRatePerAddress = value }),
        ];
        return
        [
            .. tls,
            .. dtls,
            Value(section, "enabled", SettingType.Toggle,
                section.IsSecure ? "true when there is a certificate" : section.IsDtls ? "true when there is a `psk_file` or a certificate" : "`true`",
                section.Feature,
                (l, value) => l with { Enabled = value }),
            section.IsOfDatagrams
                ? Value(section, "bind", ClientRuleSchema.OneOrMore<IPEndPoint>($"{SettingType.EndPoint.Expected}, or an array of them", SettingType.EndPoint.TryRead),
                    $"`\"127.0.0.1:{port}\"`",
                    "Where it listens; port 0 takes a free one, which the log names.",
                    (l, value) => l with { Bind = value[0], AlsoBind = value.Count == 1 ? [] : [.. value.Skip(1)] })
                : Value(section, "bind", SettingType.EndPoint, $"`\"127.0.0.1:{port}\"`",
                    "Where it listens; port 0 takes a free one, which the log names.",
                    (l, value) => l with { Bind = value }),
            .. path,
            Value(section, "max_connections", SettingType.WholeNumber(0, 10_000_000), "`0`",
                "Clients connected to it at a time; `0` for any number.",
                (l, value) => l with { MaxConnections = value }),
            Value(section, "max_connection_rate", SettingType.CountRate, "`0`",
                !section.IsOfDatagrams && !section.IsDtls ? "Connections taken in; those beyond wait. `0` for any number." : "Clients that connect; those beyond are told to come later. `0` for any number.",
                (l, value) => l with { MaxConnectionRate = value }),
            Value(section, "max_message_rate", SettingType.CountRate, "`0`",
                "Messages published by all its clients together; `0` for any number.",
                (l, value) => l with { Publishing = l.Publishing with { Messages = value } }),
            Value(section, "max_byte_rate", SettingType.SizeRate, "`0`",
                "Octets of these messages; `0` for any number.",
                (l, value) => l with { Publishing = l.Publishing with { Octets = value } }),
            .. perAddress,
        ];
    }

    /// <summary>One of several addresses must not be within another: the system gives a port once.</summary>
    private static void CheckBinds(string key, IReadOnlyList<IPEndPoint> binds, ConfigurationReport report)
    {
        foreach (var (index, bind) in binds.Index())
        {
            if (bind.Port != 0 && binds.Take(index).FirstOrDefault(other => other.Port == bind.Port && (Covers(other, bind) || Covers(bind, other))) is { } other)
            {
                report.Add($"{key}.bind", $"has \"{bind}\" and \"{other}\", of which one holds the other, as \"[::]\" does with all addresses of IPv4; each must be another, or have another port");
            }
        }
    }

    private static bool Covers(IPEndPoint wide, IPEndPoint narrow) =>
        wide.Address.Equals(narrow.Address)
        || wide.Address.Equals(IPAddress.IPv6Any)
        || (wide.Address.Equals(IPAddress.Any) && narrow.AddressFamily == AddressFamily.InterNetwork);

    private static void CheckTls(string key, ListenerSettings listener, ConfigurationReport report)
    {
        var tls = listener.Tls;
        var isWhole = true;
        Require(tls.Certificate is not null || (!listener.Enabled && tls.Key is null && tls.Named.Count == 0), "certificate",
            "is missing; it must be the path of a PEM file with the listener's certificate");
        Require(tls.Key is not null || tls.Certificate is null, "key", "is missing; it must be the path of a PEM file with the private key of certificate");
        Require(tls.ClientCa is not null || !tls.RequireClientCertificate, "client_ca",
            "is missing; require_client_certificate needs the root certificates that sign the clients'");
        if (isWhole && tls.Certificate is not null && !TlsCredentials.TryLoad(tls, out _, out var fault))
        {
            report.Add($"{key}.{fault.Key}", fault.Problem);
        }

        CheckNamed($"{key}.certificates", tls.Named, report);

        void Require(bool holds, string name, string problem)
        {
            // A file that is named but cannot be read was told of already.
            if (!holds && !report.IsGiven($"{key}.{name}"))
            {
                report.Add($"{key}.{name}", problem);
            }

            isWhole &= holds;
        }
    }

    private static void CheckDtls(string key, ListenerSettings listener, ConfigurationReport report)
    {
        var tls = listener.Tls;
        if (listener is { Enabled: true, PskFile: null, Tls.Certificate: null } && !report.IsGiven($"{key}.psk_file") && !report.IsGiven($"{key}.certificate"))
        {
            report.Add($"{key}.psk_file", "is missing, and so is certificate; one of them must be there");
        }
        else if (tls.Certificate is not null && tls.Key is null && !report.IsGiven($"{key}.key"))
        {
            report.Add($"{key}.key", "is missing; it must be the path of a PEM file with the private key of certificate");
        }
        else if (tls is { Certificate: null, ClientCa: not null } && !report.IsGiven($"{key}.certificate"))
        {
            report.Add($"{key}.certificate", "is missing; client_ca needs the listener's own certificate");
        }
        else if ((tls.Certificate is null) == (tls.Key is null) && !DtlsFiles.TryLoad(listener, out _, out var fault))
        {
            report.Add($"{key}.{fault.Key}", fault.Problem);
        }
    }

    private static void CheckNamed(string key, IReadOnlyList<NamedCertificate> certificates, ConfigurationReport report)
    {
        var names = new HashSet<string>();
        foreach (var (index, certificate) in certificates.Index())
        {
            foreach (var name in certificate.ServerNames.Where(name => !names.Add(name)))
            {
                report.Add($"{key}.{index}.server_name", $"is \"{name}\", which a certificate has already; each name must stand once");
            }

            if (certificate is { Certificate: not null, Key: not null } && !TlsCredentials.TryLoad(certificate.Files, out _, out var fault))
            {
                report.Add($"{key}.{index}.{fault.Key}", fault.Problem);
            }
        }
    }

    private static ValueSetting<GatewaySettings, T> Value<T>(
        Section section, string key, SettingType<T> type, string byDefault, string summary, Func<ListenerSettings, T, ListenerSettings> set) =>
        new($"{section.Key}.{key}", type, byDefault, summary, (s, value) => section.Set(s, set(section.Get(s), value)));
}
