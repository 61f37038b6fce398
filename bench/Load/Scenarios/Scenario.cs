using Edge.Load.Reporting;

namespace Edge.Load.Scenarios;

/// <summary>One load: what it does to a server, and what it measures.</summary>
/// <param name="name">Its name on the command line.</param>
/// <param name="summary">One line of help.</param>
internal abstract class Scenario(string name, string summary)
{
    /// <summary>How long connections and subscriptions may take.</summary>
    protected static readonly TimeSpan SetUpLimit = TimeSpan.FromSeconds(30);

    internal string Name { get; } = name;

    internal string Summary { get; } = summary;

    /// <summary>True for a load over MQTT-SN.</summary>
    internal virtual bool IsMqttSn => false;

    /// <summary>What stands beside the gateway.</summary>
    internal virtual PeerKind Peer => PeerKind.Mosquitto;

    /// <summary>What the gateway needs beyond its defaults, as <c>KEY=VALUE</c>.</summary>
    internal virtual IReadOnlyList<string> GatewaySettings => [];

    internal abstract LoadResult Run(LoadTarget target, LoadOptions options);
}
