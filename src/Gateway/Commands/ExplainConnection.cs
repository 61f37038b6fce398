using System.Text;
using Edge.Gateway.Configuration;
using Edge.LocalBroker;
using Edge.LocalBroker.Access;
using Edge.LocalBroker.Access.Tokens;

namespace Edge.Gateway.Commands;

/// <summary>The first step of <c>edge-gateway explain</c>: whether a client would be let in, and as whom.</summary>
internal static class ExplainConnection
{
    /// <summary>Says it.</summary>
    /// <param name="settings">The configuration.</param>
    /// <param name="asked">Who the client says it is; its user name would be with the right password.</param>
    /// <param name="token">The token that it gives; null for none.</param>
    /// <param name="output">Where it is said.</param>
    /// <returns>The client as which it would be let in; null when it would not.</returns>
    public static ClientIdentity? Explain(GatewaySettings settings, ClientIdentity asked, string? token, TextWriter output)
    {
        using var access = new AccessControl(settings.AllowAnonymous, TimeProvider.System) { Bans = BansOf(settings) };
        var (client, words) = Judge(settings, asked, token, access);
        if ((access.FindBan(asked) ?? (client is null ? null : access.FindBan(client))) is { } ban)
        {
            output.WriteLine($"connect: refused, {ban.Origin} bans it{(ban.Until is { } until ? $" until {until:yyyy-MM-dd'T'HH:mm:sszzz}" : "")}");
            return null;
        }

        output.WriteLine($"connect: {words}");
        foreach (var rule in client?.Token?.Rules ?? [])
        {
            var actions = rule.Actions == TopicActions.All ? "publish and subscribe" : rule.Actions == TopicActions.Publish ? "publish" : "subscribe";
            output.WriteLine($"  {rule.Origin} {(rule.Allow ? "allows" : "denies")} to {actions}: {(rule.Topics.Count == 0 ? "every topic" : string.Join(", ", rule.Topics))}");
        }

        return client;
    }

    private static (ClientIdentity? Client, string Words) Judge(GatewaySettings settings, ClientIdentity asked, string? token, AccessControl access)
    {
        var chain = settings.AuthenticationChain ?? AccessControl.WholeChain;
        var users = settings.UsersFile is { } file ? UsersFile.Read(file, new ConfigurationReport(new SettingOrigin(file, "/"))) : null;
        var keys = settings.TokenKeyFile is { } path && chain.Contains(Authenticator.Jwt) ? TokenKeyFile.Read(path, new ConfigurationReport(new SettingOrigin(path, "/"))) : null;
        if (settings.CertificateIdentity != CertificateIdentity.None && asked.CertificateName is not null)
        {
            var named = settings.CertificateIdentity == CertificateIdentity.CommonName ? asked with { UserName = asked.CertificateName } : asked;
            return named.UserName is { } name ? (named, $"let in as user {name}, by its certificate") : (null, "say with --user what its certificate names");
        }

        var isAskedFirst = asked.UserName is { } known && users?.Contains(known) == true && chain.FirstOrDefault(way => way != Authenticator.Scram) == Authenticator.Password;
        if (token is not null && !isAskedFirst)
        {
            return keys is null
                ? (null, $"refused, no token is taken: {(settings.TokenKeyFile is null ? "there is no auth.jwt.key_file" : "auth.chain does not name \"jwt\"")}")
                : ByToken(settings, asked, token, keys);
        }

        if (asked.UserName is { } user && (users is not null || keys is not null))
        {
            var takesPasswords = chain.Contains(Authenticator.Password) || chain.Contains(Authenticator.Scram);
            return users is null ? (null, "refused, it gives no token, and there is no auth.users_file")
                : !takesPasswords ? (null, "refused, auth.chain takes no passwords")
                : !users.Contains(user) ? (null, $"refused, there is no user {user} in auth.users_file")
                : (asked, $"let in as user {user}, {WithPassword(chain)}");
        }

        var reason = asked.UserName is null ? "" : ", as without auth.users_file a user name counts for nothing";
        return access.AllowsAnonymous(asked.Address)
            ? (asked with { UserName = null }, $"let in as an anonymous client{reason}")
            : (null, $"refused, auth.allow_anonymous does not let in anonymous clients from {asked.Address}{reason}");
    }

    private static (ClientIdentity? Client, string Words) ByToken(GatewaySettings settings, ClientIdentity asked, string token, TokenKeys keys)
    {
        var verdict = new TokenCheck(settings.Tokens, TimeProvider.System).Judge(keys, Encoding.UTF8.GetBytes(token), asked.ClientId, asked.UserName);
        return verdict.Outcome switch
        {
            TokenOutcome.Accepted => (
                asked with { UserName = verdict.UserName, Token = verdict.Grant },
                $"let in as user {verdict.UserName}, by its token, {(verdict.Grant?.EndsAt is { } end ? $"until {end:yyyy-MM-dd'T'HH:mm:ss'Z'}" : "for any time")}"),
            TokenOutcome.Refused => (null, $"refused, its token is not taken: {verdict.Why}"),
            _ => (null, "refused, it gives no token that a key in auth.jwt.key_file signed"),
        };
    }

    private static string WithPassword(IReadOnlyList<Authenticator> chain) =>
        chain.Contains(Authenticator.Password) ? "with the right password" : "by SCRAM with the right password; auth.chain takes no other way";

    private static IReadOnlyList<Ban> BansOf(GatewaySettings settings) =>
        (settings.BanFile is { } file ? RuleFile.ReadBans(file, new ConfigurationReport(new SettingOrigin(file, "/"))) : null) ?? [];
}
