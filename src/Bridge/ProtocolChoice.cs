using Edge.Protocols.Mqtt.Codec;

namespace Edge.Bridge;

/// <summary>Which MQTT version to speak next: 5.0, and 3.1.1 to an upstream that does not know it.</summary>
/// <remarks>
/// What worked is remembered. 5.0 is tried again after some hours, for an upstream that has learnt it. Some servers close the connection on
/// a CONNECT they do not understand; twice in a row counts as a refusal of the version.
/// </remarks>
internal sealed class ProtocolChoice(UpstreamProtocol wanted, TimeProvider clock)
{
    private const int EarlyClosesThatRefuse = 2;
    private static readonly TimeSpan TryAgainAfter = TimeSpan.FromHours(6);

    private MqttVersion _version = wanted == UpstreamProtocol.V311 ? MqttVersion.Mqtt311 : MqttVersion.Mqtt5;
    private long _fellBackAt;
    private int _earlyCloses;

    /// <summary>The version for the next connection.</summary>
    public MqttVersion Next()
    {
        if (wanted == UpstreamProtocol.Auto && _version == MqttVersion.Mqtt311 && clock.GetElapsedTime(_fellBackAt) >= TryAgainAfter)
        {
            _version = MqttVersion.Mqtt5;
        }

        return _version;
    }

    /// <summary>A connection ended.</summary>
    /// <returns>True when another version is worth trying at once.</returns>
    public bool OnEnded(LinkEnd end)
    {
        _earlyCloses = end.WasClosedEarly ? _earlyCloses + 1 : 0;
        var isRefused = end.Refusal == ReasonCode.UnsupportedProtocolVersion || _earlyCloses >= EarlyClosesThatRefuse;
        if (wanted != UpstreamProtocol.Auto || !isRefused)
        {
            return false;
        }

        _earlyCloses = 0;
        var fallsBack = _version == MqttVersion.Mqtt5;
        _version = fallsBack ? MqttVersion.Mqtt311 : MqttVersion.Mqtt5;
        _fellBackAt = clock.GetTimestamp();
        return fallsBack;
    }
}
