using System.Buffers;
using System.Text.Json;
using Edge.LocalBroker.Sessions;
using Edge.Messaging;

namespace Edge.LocalBroker;

/// <summary>Tells of clients that come and go, in JSON on the topics that EMQX uses; see docs/topics.md.</summary>
/// <param name="gateway">Name of the gateway, in the place of EMQX's node.</param>
/// <param name="clock">Tells the time.</param>
internal sealed class ClientEvents(string gateway, TimeProvider clock)
{
    /// <summary>Reason of a client that said good-bye.</summary>
    public const string Normal = "normal";

    /// <summary>Reason of a connection that ended otherwise.</summary>
    public const string Closed = "closed";

    /// <summary>Reason of a connection whose session another one took.</summary>
    public const string TakenOver = "takenover";

    /// <summary>Reason of a connection whose session another one ended.</summary>
    public const string Discarded = "discarded";

    /// <summary>The topic of a client's coming or going. Wildcards in a ClientId are percent-encoded; false when it is too long even so.</summary>
    public bool TryGetTopic(string clientId, bool isConnected, out TopicName topic)
    {
        var level = clientId.Replace("+", "%2B", StringComparison.Ordinal).Replace("#", "%23", StringComparison.Ordinal);
        return TopicName.TryParse($"$SYS/brokers/{gateway}/clients/{level}/{(isConnected ? "connected" : "disconnected")}", out topic);
    }

    /// <summary>Says that a client connected.</summary>
    public ReadOnlyMemory<byte> Connected(SessionConnection connection, ConnectRequest request, TimeSpan expiry) => Write(connection, json =>
    {
        json.WriteNumber("keepalive", (long)request.KeepAlive.TotalSeconds);
        json.WriteBoolean("clean_start", request.CleanStart);
        json.WriteNumber("expiry_interval", expiry == TimeSpan.MaxValue ? uint.MaxValue : (long)expiry.TotalSeconds);
    });

    /// <summary>Says that a client's connection ended.</summary>
    public ReadOnlyMemory<byte> Disconnected(SessionConnection connection, string reason) => Write(connection, json =>
    {
        json.WriteString("reason", reason);
        json.WriteNumber("disconnected_at", Now);
    });

    private long Now => clock.GetUtcNow().ToUnixTimeMilliseconds();

    private ReadOnlyMemory<byte> Write(SessionConnection connection, Action<Utf8JsonWriter> writeOthers)
    {
        var client = connection.Client;
        var protocol = connection.Protocol.Split(' ')[0];
        var octets = new ArrayBufferWriter<byte>(320);
        using var json = new Utf8JsonWriter(octets);
        json.WriteStartObject();
        json.WriteString("clientid", client.ClientId);
        json.WriteString("username", client.UserName);
        json.WriteString("ipaddress", client.Address?.ToString());
        json.WriteString("protocol", protocol.ToLowerInvariant());
        json.WriteString("proto_name", protocol);
        json.WriteNumber("proto_ver", connection.ProtocolLevel);
        json.WriteNumber("connected_at", connection.ConnectedAt.ToUnixTimeMilliseconds());
        writeOthers(json);
        json.WriteNumber("ts", Now);
        json.WriteEndObject();
        json.Flush();
        return octets.WrittenMemory;
    }
}
