using System.Globalization;
using Edge.LocalBroker;
using Edge.Serial;

namespace Edge.Gateway.Serial;

/// <summary>What a serial line says of itself below <c>$SYS/broker/links/{name}/</c>; see docs/topics.md.</summary>
internal static class SerialTopics
{
    /// <summary>Adds a line's topics to those that are published.</summary>
    public static void AddTo(SystemTopics topics, string name, Func<SerialStatus> status)
    {
        var prefix = $"$SYS/broker/links/{name}/";
        topics.Add(prefix + "state", () => status().IsOpen ? "up" : "down");
        topics.Add(prefix + "since", () => status().Since.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture));
        Add("opened", now => now.Openings);
        Add("octets/received", now => now.OctetsReceived);
        Add("octets/sent", now => now.OctetsSent);
        Add("octets/skipped", now => now.OctetsSkipped);
        Add("frames/received", now => now.FramesReceived);
        Add("frames/sent", now => now.FramesSent);
        Add("frames/not-sent", now => now.FramesNotSent);
        Add("frames/undelivered", now => now.FramesUndelivered);
        Add("frames/malformed", now => now.FramesMalformed);
        Add("frames/refused", now => now.FramesRefused);
        Add("errors/frame", now => now.Errors.Frame);
        Add("errors/parity", now => now.Errors.Parity);
        Add("errors/overrun", now => now.Errors.Overrun);

        void Add(string topic, Func<SerialStatus, long> value) => topics.Add(prefix + topic, () => value(status()).ToString(CultureInfo.InvariantCulture));
    }
}
