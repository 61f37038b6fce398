using System.Diagnostics.CodeAnalysis;
using Edge.Gateway.Configuration.Toml;
using Edge.LocalBroker.Access;
using Edge.LocalBroker.Access.Tokens;
using Edge.Messaging;

namespace Edge.Gateway.Configuration.Schema;

/// <summary>The keys of <c>auth</c> and <c>flapping</c>, and what must hold between them.</summary>
internal static class AuthSchema
{
    private const string UsersKey = "auth.users_file";

    private static readonly (string Word, Authenticator Meaning, string Needs)[] Authenticators =
    [
        ("jwt", Authenticator.Jwt, TokenKeyFile.Key),
        ("scram", Authenticator.Scram, UsersKey),
        ("password", Authenticator.Password, UsersKey),
    ];

    private static readonly SettingType<Authenticator> Authentication =
        SettingType.OneOf([.. Authenticators.Select(known => ((object)known.Word, known.Meaning))]);

    private static readonly SettingType<IReadOnlyList<Authenticator>> Chain = new(
        "an array of `\"jwt\"`, `\"scram\"` and `\"password\"`, each once at most, at least one",
        (SettingNode node, [MaybeNullWhen(false)] out IReadOnlyList<Authenticator> value) =>
            ClientRuleSchema.OneOrMore("", Authentication.TryRead).TryRead(node, out value) && value.Distinct().Count() == value.Count);

    private static readonly SettingType<string> ClaimName = SettingType.Text("the name of a claim", text => text.Length > 0);

    /// <summary>The keys, in order.</summary>
    public static IEnumerable<Setting<GatewaySettings>> Settings { get; } =
    [
        Value("auth.allow_anonymous",
            SettingType.OneOf((true, AnonymousAccess.Everyone), (false, AnonymousAccess.Nobody), ("loopback", AnonymousAccess.Loopback)),
            "`\"loopback\"`",
            "Who may connect without a user name and password: anyone, nobody, or clients on this machine and on its serial lines.",
            (s, value) => s with { AllowAnonymous = value }),
        Value("auth.users_file", SettingType.ReadableFile, "none",
            "File with the users and the hashes of their passwords, as `edge-gateway passwd` writes it; read again when it changes.",
            (s, value) => s with { UsersFile = value }),
        Value("auth.certificate_identity",
            SettingType.OneOf(
                ("none", CertificateIdentity.None), ("common-name", CertificateIdentity.CommonName),
                ("distinguished-name", CertificateIdentity.DistinguishedName), ("alternative-name", CertificateIdentity.AlternativeName)),
            "`\"none\"`",
            "What of a client's certificate is its user name. A client that shows a certificate needs no password then, and the name it gives itself counts for nothing.",
            (s, value) => s with { CertificateIdentity = value }),
        Value("auth.chain", Chain, "those that are configured, in this order",
            "How users may prove who they are, in order: by a JSON Web Token, by SCRAM, which does not send the password, or by the password itself.",
            (s, value) => s with { AuthenticationChain = value }),
        Value(TokenKeyFile.Key, SettingType.ReadableFile, "none",
            "File with the keys that JSON Web Tokens are signed with: a JWK Set, public keys or certificates in PEM, or a secret; read again when it changes.",
            (s, value) => s with { TokenKeyFile = value }),
        Value("auth.jwt.from", SettingType.OneOf(("password", TokenPlace.Password), ("username", TokenPlace.UserName)), "`\"password\"`",
            "Where in CONNECT clients give their token.",
            (s, value) => s with { Tokens = s.Tokens with { From = value } }),
        Value("auth.jwt.user_claim", ClaimName, "`\"sub\"`",
            "The claim that names the user. A token without it is refused.",
            (s, value) => s with { Tokens = s.Tokens with { UserClaim = value } }),
        new ClaimsSetting("auth.jwt.claims",
            "Claims that must be there, with the values they must have; `${clientid}` and `${username}` are those of CONNECT. Of a claim that is an array one must be it.",
            (s, value) => s with { Tokens = s.Tokens with { Claims = value } }),
        Value("auth.jwt.acl_claim", ClaimName, "`\"acl\"`",
            "The claim that says what the client may do, judged before the access list.",
            (s, value) => s with { Tokens = s.Tokens with { AclClaim = value } }),
        Value("auth.jwt.disconnect_after_expire", SettingType.Toggle, "`true`",
            "Whether a client is let go when its token expires.",
            (s, value) => s with { Tokens = s.Tokens with { DisconnectsAfterExpiry = value } }),
        Value("auth.jwt.leeway", SettingType.Duration("0", "10m"), "`\"0\"`",
            "How far the clock of whoever makes the tokens may differ from this one.",
            (s, value) => s with { Tokens = s.Tokens with { Leeway = value } }),
        Value("auth.acl_file", SettingType.ReadableFile, "none",
            "The access list: rules of what clients may publish and subscribe to; read again when it changes.",
            (s, value) => s with { AccessFile = value }),
        Value("auth.ban_file", SettingType.ReadableFile, "none",
            "The list of bans: who may not connect, whatever it can prove; read again when it changes.",
            (s, value) => s with { BanFile = value }),
        Value("auth.no_match", SettingType.OneOf(("allow", true), ("deny", false)), "`\"allow\"`",
            "What holds where no rule of the access list fits.",
            (s, value) => s with { AllowUnmatched = value }),
        Value("auth.subscribe_refusal",
            SettingType.OneOf(("not-authorized", SubscribeOutcome.NotAuthorized), ("unspecified", SubscribeOutcome.Unspecified)), "`\"not-authorized\"`",
            "What an MQTT 5.0 client is told of a subscription that is denied: reason code 0x87, or 0x80, which gives no reason.",
            (s, value) => s with { SubscribeRefusal = value }),

        Value("flapping.max_connects", SettingType.WholeNumber(0, 1_000_000), "`0`",
            "Connections of one client within `flapping.window` that are taken; with the next one it is banned. `0` for any number.",
            (s, value) => s with { Flapping = s.Flapping with { MaxConnects = value } }),
        Value("flapping.window", SettingType.Duration("1s", "1d"), "`\"1m\"`",
            "Time in which connections are counted.",
            (s, value) => s with { Flapping = s.Flapping with { Window = value } }),
        Value("flapping.ban_time", SettingType.Duration("1s", "30d"), "`\"5m\"`",
            "How long such a client is not let in. It is forgotten when the gateway restarts.",
            (s, value) => s with { Flapping = s.Flapping with { BanTime = value } }),
    ];

    /// <summary>Looks at what one key alone cannot tell, and at the files.</summary>
    public static void Check(GatewaySettings settings, ConfigurationReport report)
    {
        if (settings.UsersFile is { } users)
        {
            UsersFile.Read(users, report);
        }

        if (settings.AccessFile is { } rules)
        {
            RuleFile.ReadAccess(rules, settings.AllowUnmatched, report);
        }

        if (settings.BanFile is { } bans)
        {
            RuleFile.ReadBans(bans, report);
        }

        CheckTokens(settings, report);
        foreach (var (word, _, needed) in Authenticators.Where(known => settings.AuthenticationChain?.Contains(known.Meaning) == true && !report.IsGiven(known.Needs)))
        {
            report.Add("auth.chain", $"names \"{word}\", and there is no {needed}; it must be given, or \"{word}\" be left out");
        }
    }

    private static void CheckTokens(GatewaySettings settings, ConfigurationReport report)
    {
        if (settings.TokenKeyFile is { } keys)
        {
            TokenKeyFile.Read(keys, report);
        }
        else if (!report.IsGiven(TokenKeyFile.Key) && settings.Tokens != new TokenOptions())
        {
            report.Add(TokenKeyFile.Key, "is missing; without keys no token is taken, so it must be given, or the rest of auth.jwt left out");
        }

        foreach (var (claim, value) in settings.Tokens.Claims.Where(claim => settings.Tokens.From == TokenPlace.UserName && claim.Value.AsksForUserName))
        {
            report.Add($"auth.jwt.claims.{claim}", $"is \"{value}\", and with auth.jwt.from = \"username\" the user name is the token itself; it must not hold ${{username}}");
        }
    }

    private static ValueSetting<GatewaySettings, T> Value<T>(
        string key, SettingType<T> type, string byDefault, string summary, Func<GatewaySettings, T, GatewaySettings> set) =>
        new(key, type, byDefault, summary, set);
}
