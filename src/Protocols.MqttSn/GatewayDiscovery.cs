using Edge.Protocols.MqttSn.Codec.V12;

namespace Edge.Protocols.MqttSn;

/// <summary>Gateway advertisement (MQTT-SN 1.2 §6.1): a gateway says from time to time that it is there. Questions are answered by <see cref="MqttSnPeer"/>.</summary>
public static class GatewayDiscovery
{
    /// <summary>ADVERTISE as it goes out.</summary>
    /// <param name="gatewayId">The gateway's id, 1–255.</param>
    /// <param name="interval">Time until the next one, 1 s to 65,535 s; what is less than a second is left out.</param>
    public static byte[] Advertisement(byte gatewayId, TimeSpan interval)
    {
        var advertise = new Advertise(gatewayId, checked((ushort)interval.TotalSeconds));
        var frame = new byte[advertise.Size];
        advertise.Write(frame);
        return frame;
    }
}
