using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Json;
using Edge.Messaging;

namespace Edge.LocalBroker.Access.Tokens;

/// <summary>
/// The claim that says what a client may do, in the two forms that EMQX gave it: an object of what is allowed, beyond which nothing is,
/// or an array of rules, beyond which the access list decides. Either becomes rules like those of the access list.
/// </summary>
public static class TokenAcl
{
    private const string Literal = "eq ";
    private const string Origin = "the token";

    private static readonly AccessRule[] Nothing = [new AccessRule { Allow = false, Origin = Origin }];

    /// <summary>Reads the claim.</summary>
    /// <param name="claim">The claim as JSON.</param>
    /// <param name="rules">The rules in order, to be judged before those of the access list.</param>
    /// <param name="fault">What is wrong, as the rest of a sentence that begins with the claim's name, with nothing of it.</param>
    public static bool TryParse(string claim, [NotNullWhen(true)] out IReadOnlyList<AccessRule>? rules, out string fault)
    {
        (rules, fault) = (null, "is neither an object with pub, sub and all nor an array of rules");
        var read = new List<AccessRule>();
        if (!StrictJson.TryParse(Encoding.UTF8.GetBytes(claim), out var root)
            || !(root.ValueKind == JsonValueKind.Object ? TryReadAllowed(root, read, out fault) : root.ValueKind == JsonValueKind.Array && TryReadRules(root, read, out fault)))
        {
            return false;
        }

        rules = read;
        return true;
    }

    /// <summary>The rules of a claim; none when there is no claim, and one that denies everything when it cannot be read.</summary>
    internal static IReadOnlyList<AccessRule> RulesOf(string? claim) => claim is null ? [] : TryParse(claim, out var rules, out _) ? rules : Nothing;

    private static bool TryReadAllowed(JsonElement allowed, List<AccessRule> rules, out string fault)
    {
        foreach (var member in allowed.EnumerateObject())
        {
            if (!TryReadAction(member.Name, out var action) || member.Name is "publish" or "subscribe")
            {
                fault = "holds something else than pub, sub and all";
                return false;
            }

            if (!TryReadTopics(member.Value, allowsOne: false, out var topics))
            {
                fault = $"holds in {member.Name} something else than an array of Topic Filters";
                return false;
            }

            if (topics.Count > 0)
            {
                rules.Add(new AccessRule { Allow = true, Actions = action, Topics = topics, Origin = $"{Origin}'s {member.Name}" });
            }
        }

        rules.AddRange(Nothing);
        fault = "";
        return true;
    }

    private static bool TryReadRules(JsonElement array, List<AccessRule> rules, out string fault)
    {
        foreach (var (index, element) in array.EnumerateArray().Index())
        {
            var rule = new AccessRule { Actions = TopicActions.None, Origin = $"{Origin}'s rule {index + 1}" };
            var hasPermission = false;
            foreach (var member in element.ValueKind == JsonValueKind.Object ? element.EnumerateObject() : default)
            {
                hasPermission |= member.Name == "permission";
                if (!TryAdd(member, ref rule))
                {
                    // What is not understood may be what the rule hangs on.
                    fault = $"holds in rule {index + 1} a member that is not understood: {NameOf(member)}";
                    return false;
                }
            }

            if (!hasPermission || rule.Actions == TopicActions.None || rule.Topics.Count == 0)
            {
                fault = $"holds in rule {index + 1} no permission, no action or no topic";
                return false;
            }

            rules.Add(rule);
        }

        fault = "";
        return true;
    }

    private static bool TryAdd(JsonProperty member, ref AccessRule rule)
    {
        var (value, text) = (member.Value, member.Value.ValueKind == JsonValueKind.String ? member.Value.GetString()! : "");
        switch (member.Name)
        {
            case "permission":
                rule = rule with { Allow = text == "allow" };
                return text is "allow" or "deny";
            case "action":
                var isAction = TryReadAction(text, out var action);
                rule = rule with { Actions = action };
                return isAction;
            case "topic" or "topics":
                var areTopics = TryReadTopics(value, allowsOne: true, out var topics) && topics.Count > 0;
                rule = rule with { Topics = [.. rule.Topics, .. topics] };
                return areTopics;
            case "qos":
                var isQos = TryReadQos(value, out var mask);
                rule = rule with { QosMask = isQos ? mask : rule.QosMask };
                return isQos;
            case "retain":
                var isRetain = TryReadRetain(value, out var retain);
                rule = rule with { Retain = retain };
                return isRetain;
            default:
                return false;
        }
    }

    private static string NameOf(JsonProperty member) => member.Name is "permission" or "action" or "topic" or "topics" or "qos" or "retain" ? member.Name : "one of another name";

    private static bool TryReadAction(string text, out TopicActions action)
    {
        action = text switch
        {
            "pub" or "publish" => TopicActions.Publish,
            "sub" or "subscribe" => TopicActions.Subscribe,
            "all" => TopicActions.All,
            _ => TopicActions.None,
        };
        return action != TopicActions.None;
    }

    private static bool TryReadTopics(JsonElement value, bool allowsOne, out List<TopicTemplate> topics)
    {
        topics = [];
        foreach (var one in value.ValueKind == JsonValueKind.Array ? [.. value.EnumerateArray()] : allowsOne ? new[] { value } : [])
        {
            if (one.ValueKind != JsonValueKind.String || !TryReadTopic(one.GetString()!, out var topic))
            {
                return false;
            }

            topics.Add(topic);
        }

        return value.ValueKind == JsonValueKind.Array || allowsOne;
    }

    private static bool TryReadTopic(string text, [NotNullWhen(true)] out TopicTemplate? topic)
    {
        if (text.StartsWith(Literal, StringComparison.Ordinal))
        {
            topic = TopicTemplate.ToTheLetter(text[Literal.Length..]);
            return TopicFilter.TryParse(topic.Example, out _);
        }

        return TopicTemplate.TryParse(text, out topic) && topic.HighestGroup == 0 && TopicFilter.TryParse(topic.Example, out _);
    }

    /// <summary>Reads <c>1</c>, <c>"1"</c>, <c>"0,1"</c> or <c>[0,1]</c>.</summary>
    private static bool TryReadQos(JsonElement value, out int mask)
    {
        mask = 0;
        var texts = value.ValueKind switch
        {
            JsonValueKind.Number => [value.GetRawText()],
            JsonValueKind.String => value.GetString()!.Split(','),
            JsonValueKind.Array => value.EnumerateArray().Select(one => one.ValueKind == JsonValueKind.String ? one.GetString()! : one.GetRawText()).ToArray(),
            _ => [],
        };
        foreach (var text in texts)
        {
            if (text.Trim() is not [>= '0' and <= '2' and var digit])
            {
                return false;
            }

            mask |= 1 << (digit - '0');
        }

        return mask != 0;
    }

    private static bool TryReadRetain(JsonElement value, out bool? retain)
    {
        var text = value.ValueKind == JsonValueKind.String ? value.GetString() : value.GetRawText();
        retain = text switch { "true" or "1" => true, "false" or "0" => false, _ => null };
        return retain is not null || text == "all";
    }
}
