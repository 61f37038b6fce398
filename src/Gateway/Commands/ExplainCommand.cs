using System.CommandLine;
using System.Net;
using Edge.Gateway.Configuration;
using Edge.LocalBroker;
using Edge.LocalBroker.Access;
using Edge.LocalBroker.Delayed;
using Edge.LocalBroker.Rewriting;
using Edge.Messaging;

namespace Edge.Gateway.Commands;

/// <summary><c>edge-gateway explain</c>: what would become of a publish or a subscription, step by step, and which rule says so.</summary>
internal static class ExplainCommand
{
    private static readonly Option<string> ClientId = new("--client") { HelpName = "ID", Description = "ClientId.", Required = true };
    private static readonly Option<string?> User = new("--user") { Description = "User who gave the right password. Default: none, an anonymous client." };
    private static readonly Option<string?> Certificate = new("--certificate") { HelpName = "NAME", Description = "Common Name of the certificate that it shows. Default: none." };
    private static readonly Option<FileInfo?> Token = new("--token") { HelpName = "FILE", Description = "File with the JSON Web Token that it gives. Default: none." };
    private static readonly Option<string> Address = new("--address") { Description = "IP address it comes from.", DefaultValueFactory = _ => "127.0.0.1" };
    private static readonly Option<int> Qos = new("--qos") { HelpName = "0|1|2", Description = "QoS of the message or the subscription." };
    private static readonly Option<bool> Retain = new("--retain") { Description = "The message is to be retained." };
    private static readonly Argument<string> Topic = new("TOPIC") { Description = "Topic Name, or Topic Filter of a subscription." };

    /// <summary>The command.</summary>
    public static Command Create(ConfigurationArguments configuration)
    {
        var publish = new Command("publish", "Explains a publish.") { Retain };
        var subscribe = new Command("subscribe", "Explains a subscription.");
        AddTo(publish, configuration, (arguments, settings, output) =>
            TopicName.TryParse(arguments.GetValue(Topic), out var topic)
                ? ExplainPublish(settings, arguments, topic, QosOf(arguments), arguments.GetValue(Retain), output)
                : Fault(arguments, "TOPIC must be a Topic Name, which holds no wildcard."));
        AddTo(subscribe, configuration, (arguments, settings, output) =>
            TopicFilter.TryParse(arguments.GetValue(Topic), out var asked) && SubscriptionFilter.TryParse(asked, out var filter)
                ? ExplainSubscribe(settings, arguments, filter.Filter, QosOf(arguments), output)
                : Fault(arguments, "TOPIC must be a Topic Filter."));
        return new Command("explain", "Says what would become of a publish or a subscription, and which rule decides. Connects to nothing.") { publish, subscribe };
    }

    private static void AddTo(Command command, ConfigurationArguments configuration, Func<ParseResult, GatewaySettings, TextWriter, int> explain)
    {
        configuration.AddTo(command);
        command.Add(ClientId);
        command.Add(User);
        command.Add(Certificate);
        command.Add(Token);
        command.Add(Address);
        command.Add(Qos);
        command.Add(Topic);
        command.SetAction(arguments =>
        {
            var loaded = ConfigurationLoader.Load(configuration.Read(arguments));
            if (loaded.Settings is { } settings)
            {
                return !IPAddress.TryParse(arguments.GetValue(Address), out _) ? Fault(arguments, "--address must be an IP address.")
                    : !TryReadToken(arguments, out _) ? Fault(arguments, "--token must be the path of a file that exists and can be read.")
                    : arguments.GetValue(Qos) is < 0 or > 2 ? Fault(arguments, "--qos must be 0, 1 or 2.")
                    : explain(arguments, settings, arguments.InvocationConfiguration.Output);
            }

            loaded.Faults.ToList().ForEach(fault => arguments.InvocationConfiguration.Error.WriteLine(fault));
            return ExitCode.WrongUsage;
        });
    }

    private static int ExplainPublish(GatewaySettings settings, ParseResult arguments, TopicName topic, QualityOfService qos, bool retain, TextWriter output)
    {
        if (ExplainConnection.Explain(settings, ClientOf(arguments), TokenOf(arguments), output) is { } client && TryExplainDelay(ref topic, output))
        {
            var verdict = RulesOf(settings).For(client).Publish(topic, qos, retain);
            output.WriteLine($"publish to {topic} at QoS {(int)qos}{(retain ? ", retained" : "")}: {(verdict.IsAllowed ? "allowed" : "denied")} by {Name(verdict.Rule)}");
            var rewritten = topic;
            if (verdict.IsAllowed
                && (TopicRewrite.For(settings.Broker) is not { } rewrite
                    || ExplainRewrite(rewrite.TryRewrite(topic, client, out rewritten), topic.ToString(), rewritten.ToString(), output)))
            {
                ExplainLimits(settings, rewritten.ToString(), Broker.IsOfGateway(rewritten), output);
            }
        }

        return ExitCode.Success;
    }

    private static int ExplainSubscribe(GatewaySettings settings, ParseResult arguments, TopicFilter filter, QualityOfService qos, TextWriter output)
    {
        if (ExplainConnection.Explain(settings, ClientOf(arguments), TokenOf(arguments), output) is { } client)
        {
            var rights = RulesOf(settings).For(client).Subscribe(filter, qos);
            var outcome = rights.IsFree ? "granted" : rights.IsDenied ? "denied" : "granted, and each message is judged by its topic; the first of these that fits decides";
            output.WriteLine($"subscribe to {filter} at QoS {(int)qos}: {outcome}");
            foreach (var rule in rights.Deciding)
            {
                output.WriteLine($"  {Name(rule)} {(rule.Allow ? "allows" : "denies")} {(rule.Topics.Count == 0 ? "every topic" : string.Join(", ", rule.Topics))}");
            }

            if (rights.HasOthers)
            {
                output.WriteLine($"  {Name(null)} holds for what no rule fits");
            }

            var rewritten = filter;
            if (!rights.IsDenied
                && (TopicRewrite.For(settings.Broker) is not { } rewrite
                    || ExplainRewrite(rewrite.TryRewrite(filter, client, out rewritten), filter.ToString(), rewritten.ToString(), output)))
            {
                ExplainLimits(settings, rewritten.ToString(), isOfGateway: false, output);
            }
        }

        return ExitCode.Success;
    }

    /// <returns>Whether it is published, now or later, to what <paramref name="topic"/> then says.</returns>
    private static bool TryExplainDelay(ref TopicName topic, TextWriter output)
    {
        if (!DelayedTopic.IsDelayed(topic))
        {
            return true;
        }

        if (!DelayedTopic.TryParse(topic, TimeProvider.System.GetUtcNow(), out var later, out var due))
        {
            output.WriteLine($"publish to {topic}: refused, it names no time of the next 49 days, or no topic");
            return false;
        }

        output.WriteLine($"delay: it is published at {due:yyyy-MM-dd'T'HH:mm:ss'Z'}, and judged now");
        topic = later;
        return true;
    }

    /// <returns>Whether there is a topic after it.</returns>
    private static bool ExplainRewrite(bool isRight, string asked, string rewritten, TextWriter output)
    {
        if (!isRight)
        {
            output.WriteLine("rewrite: refused, what [[rewrite]] makes of it is no topic, or needs a name that the client does not have");
        }
        else if (rewritten != asked)
        {
            output.WriteLine($"rewrite: it becomes {rewritten}");
        }

        return isRight;
    }

    /// <summary>What holds for every client, whatever the rules allow.</summary>
    private static void ExplainLimits(GatewaySettings settings, string topic, bool isOfGateway, TextWriter output)
    {
        if (isOfGateway)
        {
            output.WriteLine("refused all the same: below $SYS/ nobody but the gateway publishes");
        }
        else if (topic.AsSpan().Count('/') >= settings.Broker.MaxTopicLevels)
        {
            output.WriteLine($"refused all the same: it has more levels than mqtt.max_topic_levels, {settings.Broker.MaxTopicLevels}");
        }
    }

    private static AccessRules RulesOf(GatewaySettings settings) =>
        (settings.AccessFile is { } file ? RuleFile.ReadAccess(file, settings.AllowUnmatched, new ConfigurationReport(new SettingOrigin(file, "/"))) : null)
        ?? new AccessRules([], settings.AllowUnmatched);

    private static ClientIdentity ClientOf(ParseResult arguments) =>
        new(arguments.GetValue(ClientId)!, arguments.GetValue(User), IPAddress.Parse(arguments.GetValue(Address)!), arguments.GetValue(Certificate));

    /// <returns>False when there is one that cannot be read.</returns>
    private static bool TryReadToken(ParseResult arguments, out string? token)
    {
        token = null;
        try
        {
            token = arguments.GetValue(Token) is { } file ? File.ReadAllText(file.FullName).Trim() : null;
            return true;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private static string? TokenOf(ParseResult arguments) => TryReadToken(arguments, out var token) ? token : null;

    private static QualityOfService QosOf(ParseResult arguments) => (QualityOfService)arguments.GetValue(Qos);

    private static string Name(AccessRule? rule) => rule?.Origin ?? "auth.no_match";

    private static int Fault(ParseResult arguments, string fault)
    {
        arguments.InvocationConfiguration.Error.WriteLine($"edge-gateway: {fault}");
        return ExitCode.WrongUsage;
    }
}
