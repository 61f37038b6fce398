using Edge.Messaging.Wire;
using Microsoft.Extensions.Logging;

namespace Edge.Gateway.Fronts;

/// <summary>Everything the fronts can say. Events 1100–1199; see docs/log-events.md.</summary>
internal static partial class FrontLog
{
    [LoggerMessage(1100, LogLevel.Information, "{Front} listens on {EndPoint}")]
    public static partial void Listening(this ILogger logger, string front, object endPoint);

    [LoggerMessage(1101, LogLevel.Debug, "Refused a frame of {Octets} octets from {Peer}: {Reason}")]
    public static partial void FrameRefused(this ILogger logger, string peer, int octets, ParseError reason);

    [LoggerMessage(1102, LogLevel.Error, "A request of {Peer} could not be carried out, and its connection is closed unanswered")]
    public static partial void RequestFailed(this ILogger logger, string peer, Exception? exception);

    [LoggerMessage(1103, LogLevel.Error, "A fault of this program ended the connection of {Peer}")]
    public static partial void ConnectionFaulted(this ILogger logger, string peer, Exception exception);

    [LoggerMessage(1104, LogLevel.Error, "A fault of this program ended the conversation with {Peer}")]
    public static partial void ConversationFaulted(this ILogger logger, string peer, Exception exception);

    [LoggerMessage(1105, LogLevel.Debug, "Refused the client certificate {Subject} from {Peer}: {Reason}")]
    public static partial void ClientCertificateRefused(this ILogger logger, string peer, string subject, string reason);

    [LoggerMessage(1106, LogLevel.Information, "{Listener} shows the certificate {Subject}, valid until {Until}")]
    public static partial void CredentialsLoaded(this ILogger logger, string listener, string subject, string until);

    [LoggerMessage(1107, LogLevel.Warning, "{Listener} shows a certificate that is not valid now, only from {From} to {Until}; clients may refuse it")]
    public static partial void CertificateNotValidNow(this ILogger logger, string listener, string from, string until);

    [LoggerMessage(1108, LogLevel.Warning, "The former certificates stay in use: {Setting} {Problem}")]
    public static partial void CredentialsKept(this ILogger logger, string setting, string problem);

    [LoggerMessage(1109, LogLevel.Debug, "Refused a web page of {Origin}: auth.allow_anonymous lets in programs of this machine, not pages from elsewhere in its browser")]
    public static partial void PageRefused(this ILogger logger, string origin);

    [LoggerMessage(1110, LogLevel.Debug, "Closed a connection of {Peer} unheard: there are far more than {Limit} allows")]
    public static partial void SocketRefused(this ILogger logger, string peer, string limit);

    [LoggerMessage(1111, LogLevel.Warning, "{Listener} has as many connections as the process may have files open; others wait until there is room; see LimitNOFILE of the service")]
    public static partial void NoRoomForConnections(this ILogger logger, string listener);

    [LoggerMessage(1112, LogLevel.Error, "A fault of this program passed by the connections of {Listener}")]
    public static partial void LoopFaulted(this ILogger logger, string listener, Exception exception);

    [LoggerMessage(1113, LogLevel.Warning, "{Listener} is for {ServerName}, which is not among the names in its certificate {Subject}; clients that ask for it may refuse it")]
    public static partial void NameNotInCertificate(this ILogger logger, string listener, string serverName, string subject);

    [LoggerMessage(1114, LogLevel.Information, "{Listener} knows {Identities} pre-shared keys; its certificate: {Subject}")]
    public static partial void DtlsCredentialsLoaded(this ILogger logger, string listener, int identities, string subject);

    [LoggerMessage(1115, LogLevel.Debug, "{Listener}: the DTLS handshake of {Peer} failed: {Reason}")]
    public static partial void HandshakeFailed(this ILogger logger, string listener, object peer, string reason);

    [LoggerMessage(1120, LogLevel.Warning,
        "What {Peer} publishes without a connection is dropped: mqttsn.qos_minus_one_from does not name where it comes from; said once an hour")]
    public static partial void UnconnectedNotAllowed(this ILogger logger, string peer);

    [LoggerMessage(1121, LogLevel.Warning, "{Limit} is reached: what comes faster from {Peer} and its like is dropped; said once an hour")]
    public static partial void AddressTooFast(this ILogger logger, string limit, string peer);
}
