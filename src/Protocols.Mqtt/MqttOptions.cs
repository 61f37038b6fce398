namespace Edge.Protocols.Mqtt;

/// <summary>Limits of the MQTT front. Part of section <c>mqtt</c>.</summary>
public sealed record MqttOptions
{
    /// <summary>Largest packet taken, in octets, fixed header included; 1 KiB to 256 MiB. Announced as Maximum Packet Size.</summary>
    public int MaxPacketSize { get; init; } = 1024 * 1024;

    /// <summary>Incoming QoS 1 and 2 messages not answered yet, per client; 1 to 65,535. Announced as Receive Maximum.</summary>
    public int ReceiveMaximum { get; init; } = 32;

    /// <summary>Longest Session Expiry Interval granted, also to CleanSession = 0.</summary>
    public TimeSpan MaxSessionExpiry { get; init; } = TimeSpan.FromDays(7);

    /// <summary>Topic Aliases that a client may use towards us, and at most so many we use towards it; 0 to 65,535. Announced as Topic Alias Maximum.</summary>
    public int TopicAliasMaximum { get; init; } = 16;

    /// <summary>Keep Alive asked of MQTT 5 clients that want a longer one or none; zero leaves the choice to the client.</summary>
    public TimeSpan ServerKeepAlive { get; init; }

    /// <summary>Told to clients that ask for Response Information, as the basis of their Response Topics; empty tells nothing (MQTT 5.0 §3.2.2.3.15).</summary>
    public string ResponseInformation { get; init; } = "";

    /// <summary>How long a connection may stay without a CONNECT, and a client without an answer in an exchange that authenticates it.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(10);
}
