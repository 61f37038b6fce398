using System.Collections.Concurrent;
using System.Net;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;

namespace Edge.LocalBroker.Access;

/// <summary>Verifies passwords away from the loops that ask, a few at a time.</summary>
/// <remarks>
/// A password that was right is remembered by a hash under a key that only this process has, so that a thousand clients that come again
/// cost no slow hash each. One is remembered for each user at most, and only as long as the users file says the same of the user.
/// </remarks>
internal sealed class PasswordCheck(TimeProvider clock) : IDisposable
{
    /// <summary>Passwords that wait to be verified.</summary>
    public const int MostWaiting = 1_024;

    /// <summary>Passwords of one address that wait to be verified or to be told that they are wrong.</summary>
    public const int MostWaitingOfOne = 256;

    /// <summary>Longest password looked at, in octets.</summary>
    public const int LongestPassword = 1_024;

    private readonly byte[] _key = RandomNumberGenerator.GetBytes(32);
    private readonly ConcurrentDictionary<string, (PasswordHash Hash, byte[] Code)> _verified = new(StringComparer.Ordinal);
    private readonly FailedAttempts _failures = new(clock);
    private readonly SemaphoreSlim _workers = new(Math.Max(1, Environment.ProcessorCount / 2));
    private readonly CancellationTokenSource _stopping = new();
    private readonly Lock _gate = new();
    private readonly Dictionary<IPAddress, int> _waitingOf = [];
    private int _waiting;
    private long _hashesMade;

    /// <summary>Slow hashes made so far.</summary>
    public long HashesMade => Interlocked.Read(ref _hashesMade);

    /// <summary>Verifies. Completes at once for a pair that was right before; else after a slow hash, and later still when it was wrong.</summary>
    public ValueTask<PasswordVerdict> VerifyAsync(Users users, string user, ReadOnlyMemory<byte> password, IPAddress? address)
    {
        var isTooLong = password.Length > LongestPassword;
        password = isTooLong ? default : password;
        var hash = isTooLong ? users.Nobody : users.HashFor(user);
        var code = CodeOf(user, password.Span);
        if (_verified.TryGetValue(user, out var known) && known.Hash.Equals(hash) && CryptographicOperations.FixedTimeEquals(known.Code, code))
        {
            return new(PasswordVerdict.Right);
        }

        var network = FailedAttempts.NetworkOf(address);
        return TryEnter(network) ? new(AnswerAsync(MatchesAsync(hash, user, password, code), network)) : new(PasswordVerdict.Busy);
    }

    /// <summary>Judges a proof that is verified already, as quick as that is: within the same limits, and a wrong one waits as a wrong password does.</summary>
    public ValueTask<PasswordVerdict> JudgeAsync(bool isRight, IPAddress? address)
    {
        var network = FailedAttempts.NetworkOf(address);
        if (!TryEnter(network))
        {
            // Whether it was right stays untold, so that nobody tries more of them than passwords.
            return new(PasswordVerdict.Busy);
        }

        Interlocked.Decrement(ref _waiting);
        return new(AnswerAsync(new(isRight), network));
    }

    /// <summary>Lets nobody wait any longer.</summary>
    public void Stop() => _stopping.Cancel();

    /// <inheritdoc/>
    public void Dispose()
    {
        _stopping.Dispose();
        _workers.Dispose();
    }

    /// <summary>Answers whose place was taken by <see cref="TryEnter"/>; a wrong one waits.</summary>
    private async Task<PasswordVerdict> AnswerAsync(ValueTask<bool> isRight, IPAddress network)
    {
        try
        {
            if (await isRight)
            {
                return PasswordVerdict.Right;
            }

            await Task.Delay(_failures.Add(network), clock, _stopping.Token);
            return PasswordVerdict.Wrong;
        }
        catch (OperationCanceledException)
        {
            return PasswordVerdict.Busy;
        }
        finally
        {
            Leave(network);
        }
    }

    private async ValueTask<bool> MatchesAsync(PasswordHash hash, string user, ReadOnlyMemory<byte> password, byte[] code)
    {
        try
        {
            await _workers.WaitAsync(_stopping.Token);
            try
            {
                Interlocked.Increment(ref _hashesMade);
                var isRight = await Task.Run(() => hash.Matches(password.Span));
                if (isRight)
                {
                    _verified[user] = (hash, code);
                }

                return isRight;
            }
            finally
            {
                _workers.Release();
            }
        }
        finally
        {
            Interlocked.Decrement(ref _waiting);
        }
    }

    private bool TryEnter(IPAddress network)
    {
        lock (_gate)
        {
            ref var ofThis = ref CollectionsMarshal.GetValueRefOrAddDefault(_waitingOf, network, out _);
            if (Volatile.Read(ref _waiting) >= MostWaiting || ofThis >= MostWaitingOfOne || _stopping.IsCancellationRequested)
            {
                if (ofThis == 0)
                {
                    _waitingOf.Remove(network);
                }

                return false;
            }

            ofThis++;
            Interlocked.Increment(ref _waiting);
            return true;
        }
    }

    private void Leave(IPAddress network)
    {
        lock (_gate)
        {
            ref var ofThis = ref CollectionsMarshal.GetValueRefOrAddDefault(_waitingOf, network, out _);
            if (--ofThis == 0)
            {
                _waitingOf.Remove(network);
            }
        }
    }

    private byte[] CodeOf(string user, ReadOnlySpan<byte> password)
    {
        using var code = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, _key);
        code.AppendData(Encoding.UTF8.GetBytes(user));
        code.AppendData([0]); // No user name holds it, so that nothing of the one can pass for the other.
        code.AppendData(password);
        return code.GetHashAndReset();
    }
}
