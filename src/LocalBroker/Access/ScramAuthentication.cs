using System.Net;
using Edge.Messaging;

namespace Edge.LocalBroker.Access;

/// <summary>A client that proves by SCRAM who it is. One that does not waits for its answer like one that gives a wrong password.</summary>
/// <param name="scram">The exchange.</param>
/// <param name="passwords">Where failures are remembered.</param>
/// <param name="address">Where the client comes from.</param>
/// <param name="expected">Who it must be; null for anyone.</param>
/// <param name="refused">Told when it fails, with the name the client gave, and why.</param>
internal sealed class ScramAuthentication(ScramExchange scram, PasswordCheck passwords, IPAddress? address, string? expected, Action<string?, ConnectRefusal> refused)
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
        UserName = null;
        _steps++;
        if (_steps == 1 && scram.TryBegin(data.Span, out var answer))
        {
            return new(new AuthenticationStep(AuthenticationOutcome.Continue, answer));
        }

        answer = [];
        var isRight = _steps == 2 && scram.TryFinish(data.Span, out answer) && (expected ?? scram.UserName) == scram.UserName;
        var verdict = passwords.JudgeAsync(isRight, address);
        return verdict.IsCompletedSuccessfully ? new(ToStep(verdict.Result, answer)) : new(AwaitAsync(verdict, answer));
    }

    private async Task<AuthenticationStep> AwaitAsync(ValueTask<PasswordVerdict> verdict, byte[] answer) => ToStep(await verdict, answer);

    private AuthenticationStep ToStep(PasswordVerdict verdict, byte[] answer)
    {
        if (verdict == PasswordVerdict.Right)
        {
            UserName = scram.UserName;
            return new AuthenticationStep(AuthenticationOutcome.Success, answer);
        }

        var isWrong = verdict == PasswordVerdict.Wrong;
        refused(scram.UserName, isWrong ? ConnectRefusal.BadCredentials : ConnectRefusal.Unavailable);
        return new AuthenticationStep(isWrong ? AuthenticationOutcome.Refused : AuthenticationOutcome.Unavailable);
    }
}
