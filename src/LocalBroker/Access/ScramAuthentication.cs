using System.Net;
using Edge.Messaging;

namespace Edge.LocalBroker.Access;

/// <summary>A client that proves by SCRAM who it is. One that does not waits for its answer like one that gives a wrong password.</summary>
/// <param name="scram">The exchange.</param>
/// <param name="passwords">Where failures are remembered.</param>
/// <param name="address">Where the client comes from.</param>
/// <param name="expected">Who it must be; null for anyone.</param>
/// <param name="refused">Told when it fails, with the name the client gave.</param>
internal sealed class ScramAuthentication(ScramExchange scram, PasswordCheck passwords, IPAddress? address, string? expected, Action<string?> refused)
    : IAuthenticationExchange
{
    private int _steps;

    /// <summary>The user who was proved; null until then.</summary>
    public string? UserName { get; private set; }

    /// <summary>Whether a check's memory of failures is the one used here: it is of the same broker.</summary>
    public bool IsOf(PasswordCheck check) => passwords == check;

    /// <inheritdoc/>
    public ValueTask<AuthenticationStep> ContinueAsync(ReadOnlyMemory<byte> data)
    {
        _steps++;
        if (_steps == 1 && scram.TryBegin(data.Span, out var challenge))
        {
            return new(new AuthenticationStep(AuthenticationOutcome.Continue, challenge));
        }

        if (_steps == 2 && scram.TryFinish(data.Span, out var signature) && (expected ?? scram.UserName) == scram.UserName)
        {
            UserName = scram.UserName;
            return new(new AuthenticationStep(AuthenticationOutcome.Success, signature));
        }

        UserName = null;
        return new(RefuseAsync());
    }

    private async Task<AuthenticationStep> RefuseAsync()
    {
        var isTold = await passwords.WaitForFailureAsync(address);
        refused(scram.UserName);
        return new AuthenticationStep(isTold ? AuthenticationOutcome.Refused : AuthenticationOutcome.Unavailable);
    }
}
