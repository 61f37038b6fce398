namespace Edge.Messaging;

/// <summary>What a front tells the broker of a client that wants a session. Common to all protocols.</summary>
public sealed record ConnectRequest
{
    /// <summary>Begins the ClientIds of the gateway's own sessions; no client may use it.</summary>
    public const string InternalPrefix = "$edge/";

    /// <summary>ClientId; empty asks the broker to assign one.</summary>
    public required string ClientId { get; init; }

    /// <summary>Ends the session that may exist under this ClientId and begins a new one (Clean Start, CleanSession).</summary>
    public bool CleanStart { get; init; } = true;

    /// <summary>How long the session outlives its connection: zero ends it with the connection, <see cref="TimeSpan.MaxValue"/> keeps it for ever.</summary>
    public TimeSpan SessionExpiry { get; init; }

    /// <summary>Whether the client may go to sleep, also when its session would end with its connection.</summary>
    public bool MaySleep { get; init; }

    /// <summary>
    /// Goes on with a session that has a note and whose client is connected or asleep, on its terms, from another address: Will, expiry and sleep
    /// stay what they are, and those of this request count for nothing. Without such a session it is refused.
    /// </summary>
    public bool Resumes { get; init; }

    /// <summary>Note of a session that begins; see <see cref="IBrokerSession.Note"/>.</summary>
    public ReadOnlyMemory<byte> Note { get; init; }

    /// <summary>QoS 1 and 2 deliveries the client takes before it acknowledges; 1 to 65,535. The broker's own limit holds as well.</summary>
    public int ReceiveMaximum { get; init; } = 65_535;

    /// <summary>The Will, or null.</summary>
    public WillMessage? Will { get; init; }

    /// <summary>
    /// Limits of a session that the gateway keeps for itself, such as a bridge's; its expiry is not cut, and its ClientId begins with
    /// <see cref="InternalPrefix"/>. Null for clients: the broker's own limits hold.
    /// </summary>
    public QueueLimits? Queue { get; init; }

    /// <summary>User name as presented; null when there was none.</summary>
    public string? UserName { get; init; }

    /// <summary>Password as presented; null when there was none. Never logged.</summary>
    public ReadOnlyMemory<byte>? Password { get; init; }

    /// <summary>The exchange by which the client proved who it is; null when there was none. User name and password then count for nothing.</summary>
    public IAuthenticationExchange? Authentication { get; init; }

    /// <summary>The certificate by which the client proved who it is; null when it showed none.</summary>
    public ClientCertificate? Certificate { get; init; }

    /// <summary>The identity whose pre-shared key the client has shown to have (RFC 4279): it is this user. Null when it came without one.</summary>
    public string? PskIdentity { get; init; }

    /// <summary>Whether the client's ClientId must be the name of its user, so that no device takes another's session.</summary>
    public bool IsBoundToUser { get; init; }

    /// <summary>Where the client comes from, for logs and rules, such as <c>192.0.2.7:50123</c>.</summary>
    public string Peer { get; init; } = "";

    /// <summary>Protocol and version for logs, such as <c>MQTT 5.0</c>.</summary>
    public string Protocol { get; init; } = "";

    /// <summary>Version as the protocol's CONNECT numbers it: 3, 4 and 5 of MQTT, 1 of MQTT-SN 1.2; 0 when there is none.</summary>
    public int ProtocolLevel { get; init; }

    /// <summary>Keep Alive that holds for the connection; zero for none.</summary>
    public TimeSpan KeepAlive { get; init; }

    /// <inheritdoc/>
    public override string ToString() => $"{ClientId} from {Peer} by {Protocol}";
}
