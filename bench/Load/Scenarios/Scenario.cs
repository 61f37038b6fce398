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

    /// <summary>Where the load is put on.</summary>
    internal virtual Front Front => Front.Mqtt;

    /// <summary>What stands beside the gateway, if anything bears or offers what the load asks for.</summary>
    internal virtual IReadOnlyList<Peer> Peers => [new(PeerKind.Mosquitto)];

    /// <summary>A load under which the gateway is measured as well, because its first figure has to be reached in this one, too; null for none.</summary>
    internal virtual Scenario? KeepsUpWith => null;

    /// <summary>What the gateway needs beyond its defaults, as <c>KEY=VALUE</c>.</summary>
    internal virtual IReadOnlyList<string> GatewaySettings => [];

    internal abstract LoadResult Run(LoadTarget target, LoadOptions options);
}
