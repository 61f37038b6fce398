using System.Globalization;
using System.Text.Json;

namespace Edge.LocalBroker.Access.Tokens;

/// <summary>Says of a token whether it is right, and what it says (RFC 7519).</summary>
/// <param name="options">What is asked of it.</param>
/// <param name="clock">Tells whether it has expired.</param>
public sealed class TokenCheck(TokenOptions options, TimeProvider clock)
{
    /// <summary>Longest name of a user, in characters, as in the users file.</summary>
    private const int LongestName = 255;

    /// <summary>The last day of the year 9999, in seconds: what is later is no time.</summary>
    private const double LatestTime = 253_402_214_400;

    /// <summary>What is asked of tokens.</summary>
    public TokenOptions Options => options;

    /// <summary>Judges a token.</summary>
    /// <param name="keys">The keys that it may be signed with.</param>
    /// <param name="token">The token as it came.</param>
    /// <param name="clientId">ClientId of who gave it.</param>
    /// <param name="userName">User name in CONNECT; null when there was none.</param>
    public TokenVerdict Judge(TokenKeys keys, ReadOnlyMemory<byte> token, string clientId, string? userName)
    {
        if (!JsonWebToken.TryParse(token, out var parts) || !keys.Signed(parts))
        {
            return new TokenVerdict(TokenOutcome.NotMine);
        }

        if (parts.IsCritical)
        {
            return Refuse(null, "its header holds crit, of which nothing is understood");
        }

        if (!StrictJson.TryParse(parts.Claims, out var claims) || claims.ValueKind != JsonValueKind.Object)
        {
            return Refuse(null, "its claims are no JSON object");
        }

        if (StrictJson.TextOf(claims, options.UserClaim) is not { Length: > 0 and <= LongestName } user || user.Any(char.IsControl))
        {
            return Refuse(null, $"claim {options.UserClaim} does not name a user");
        }

        if (WhyNotNow(claims, out var expires) is { } untimely)
        {
            return Refuse(user, untimely);
        }

        foreach (var (name, expected) in options.Claims)
        {
            if (expected.ValueFor(clientId, userName) is not { } value || !claims.TryGetProperty(name, out var claim) || !Says(claim, value))
            {
                return Refuse(user, $"claim {name} is missing, or is not what auth.jwt.claims asks for");
            }
        }

        var acl = claims.TryGetProperty(options.AclClaim, out var rights) ? rights.GetRawText() : null;
        IReadOnlyList<AccessRule>? rules = null;
        if (acl is not null && !TokenAcl.TryParse(acl, out rules, out var fault))
        {
            return Refuse(user, $"claim {options.AclClaim} {fault}");
        }

        var endsAt = options.DisconnectsAfterExpiry ? expires + options.Leeway : null;
        return new TokenVerdict(TokenOutcome.Accepted, user, new TokenGrant(acl, endsAt) { Rules = rules });
    }

    private static TokenVerdict Refuse(string? user, string why) => new(TokenOutcome.Refused, user, Why: why);

    /// <summary>Why it does not hold at this time; null when it does.</summary>
    private string? WhyNotNow(JsonElement claims, out DateTimeOffset? expires)
    {
        var now = clock.GetUtcNow();
        return !TryReadTime(claims, "exp", out expires) ? "claim exp is no time"
            : !TryReadTime(claims, "nbf", out var begins) ? "claim nbf is no time"
            : now >= expires + options.Leeway ? "it has expired (claim exp)"
            : now < begins - options.Leeway ? "it does not hold yet (claim nbf)"
            : null;
    }

    /// <summary>Reads seconds since 1970 as a number or a text with one (RFC 7519 §2). Null when there is no such claim.</summary>
    private static bool TryReadTime(JsonElement claims, string name, out DateTimeOffset? time)
    {
        time = null;
        if (!claims.TryGetProperty(name, out var claim))
        {
            return true;
        }

        time = claim.ValueKind switch
        {
            JsonValueKind.Number => claim.TryGetDouble(out var number) ? Take(number) : null,
            JsonValueKind.String => double.TryParse(claim.GetString(), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number) ? Take(number) : null,
            _ => null,
        };
        return time is not null;

        static DateTimeOffset? Take(double seconds) =>
            seconds is >= 0 and < LatestTime ? DateTimeOffset.UnixEpoch + TimeSpan.FromSeconds(seconds) : null;
    }

    /// <summary>Whether a claim is a text, or a number or word written so; of an array one is enough, as in <c>aud</c> (RFC 7519 §4.1.3).</summary>
    private static bool Says(JsonElement claim, string value) => claim.ValueKind switch
    {
        JsonValueKind.String => claim.ValueEquals(value),
        JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False => claim.GetRawText() == value,
        JsonValueKind.Array => claim.EnumerateArray().Any(one => one.ValueKind == JsonValueKind.String && one.ValueEquals(value)),
        _ => false,
    };
}
