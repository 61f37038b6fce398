using System.Globalization;
using Edge.LocalBroker;
using Edge.Transports.Dtls;

namespace Edge.Gateway.Fronts.Tls;

/// <summary>What the listeners of DTLS say of themselves, all together.</summary>
internal static class DtlsTopics
{
    /// <summary>Adds it to what is published.</summary>
    /// <param name="topics">What is published.</param>
    /// <param name="listeners">The listeners; nothing is added for none.</param>
    public static void AddTo(SystemTopics topics, IReadOnlyList<DtlsFiles> listeners)
    {
        if (listeners.Count == 0)
        {
            return;
        }

        Add("associations", link => link.AssociationCounters.Associations);
        Add("established", link => link.AssociationCounters.Established);
        Add("failed", link => link.AssociationCounters.Failed);
        Add("refused", link => link.AssociationCounters.Refused);
        Add("expired", link => link.AssociationCounters.Expired);
        Add("revoked", link => link.AssociationCounters.Revoked);
        Add("discarded", link => link.Counters.Discarded);
        Add("unsent", link => link.Counters.SendFailures);
        void Add(string name, Func<DtlsLink, long> value) => topics.Add(
            $"$SYS/broker/dtls/{name}", () => listeners.Sum(listener => value(listener.Link)).ToString(CultureInfo.InvariantCulture));
    }
}
