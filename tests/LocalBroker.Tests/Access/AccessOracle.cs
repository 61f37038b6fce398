using Edge.LocalBroker.Access;
using Edge.Messaging;

namespace Edge.LocalBroker.Tests.Access;

/// <summary>The rules as the documentation tells them, written a second time and as plainly as can be.</summary>
internal static class AccessOracle
{
    public static bool MayPublish(AccessRules rules, ClientIdentity client, string topic, QualityOfService qos, bool retain) =>
        Decide(rules, client, topic, qos, rule => rule.Actions.HasFlag(TopicActions.Publish) && (rule.Retain is null || rule.Retain == retain));

    public static bool MayReceive(AccessRules rules, ClientIdentity client, string topic, QualityOfService subscribed) =>
        Decide(rules, client, topic, subscribed, rule => rule.Actions.HasFlag(TopicActions.Subscribe));

    public static bool Matches(string filter, string topic)
    {
        var (f, t) = (filter.Split('/'), topic.Split('/'));
        return !(f[0] is "+" or "#" && t[0].StartsWith('$')) && Matches(f, t);
    }

    private static bool Matches(string[] filter, string[] topic) =>
        filter is ["#"] || (filter.Length == 0 && topic.Length == 0)
        || (filter.Length > 0 && topic.Length > 0 && (filter[0] == "+" || filter[0] == topic[0]) && Matches(filter[1..], topic[1..]));

    private static bool Decide(AccessRules rules, ClientIdentity client, string topic, QualityOfService qos, Predicate<AccessRule> isAboutIt)
    {
        foreach (var rule in rules.Rules)
        {
            var isAbout = isAboutIt(rule)
                && (rule.QosMask >> (int)qos & 1) == 1
                && (rule.Users.Count == 0 || rule.Users.Any(user => IsLike(user, client.UserName)))
                && (rule.Clients.Count == 0 || rule.Clients.Any(id => IsLike(id, client.ClientId)))
                && (rule.Networks.Count == 0 || (client.Address is not null && rule.Networks.Any(network => network.Contains(client.Address))))
                && (rule.Anonymous is null || rule.Anonymous == (client.UserName is null))
                && (rule.Topics.Count == 0 || rule.Topics.Any(filter => FilterFor(filter.ToString(), client) is { } own && Matches(own, topic)));
            if (isAbout)
            {
                return rule.Allow;
            }
        }

        return rules.AllowsOthers;
    }

    private static bool IsLike(string pattern, string? name) =>
        name is not null && (pattern.EndsWith('*') ? name.StartsWith(pattern.TrimEnd('*'), StringComparison.Ordinal) : name == pattern);

    private static string? FilterFor(string template, ClientIdentity client)
    {
        foreach (var (placeholder, value) in new[] { ("${clientid}", client.ClientId), ("${username}", client.UserName), ("${cert_common_name}", client.CertificateName) })
        {
            if (template.Contains(placeholder, StringComparison.Ordinal))
            {
                if (string.IsNullOrEmpty(value) || value.Any("/+#".Contains) || (template.StartsWith(placeholder, StringComparison.Ordinal) && value[0] == '$'))
                {
                    return null;
                }

                template = template.Replace(placeholder, value, StringComparison.Ordinal);
            }
        }

        return template;
    }
}
