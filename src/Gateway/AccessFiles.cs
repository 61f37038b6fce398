using Edge.Gateway.Configuration;
using Edge.LocalBroker;
using Edge.LocalBroker.Access;
using Edge.LocalBroker.Access.Tokens;
using Microsoft.Extensions.Logging;

namespace Edge.Gateway;

/// <summary>Keeps the rules of access as their files say: reads a file again when it changes. What cannot be read changes nothing.</summary>
internal sealed class AccessFiles : IAsyncDisposable
{
    /// <summary>How often the files are looked at.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private readonly AccessControl _access;
    private readonly Broker _broker;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _stopping = new();
    private readonly List<(WatchedFile File, Action Read)> _files = [];
    private readonly Task _watching;

    /// <summary>Reads the files that the settings name, and begins to watch them.</summary>
    /// <exception cref="StartException">A file is not right, though it was when the configuration was read.</exception>
    public AccessFiles(GatewaySettings settings, AccessControl access, Broker broker, TimeProvider clock, ILogger logger)
    {
        (_access, _broker, _logger) = (access, broker, logger);
        access.Rules = new AccessRules([], settings.AllowUnmatched);
        Watch(settings.UsersFile, UsersFile.Read, SetUsers);
        Watch(settings.TokenKeyFile, TokenKeyFile.Read, SetTokenKeys);
        Watch(settings.AccessFile, (path, report) => RuleFile.ReadAccess(path, settings.AllowUnmatched, report), SetRules);
        Watch(settings.BanFile, RuleFile.ReadBans, SetBans);
        foreach (var (_, read) in _files)
        {
            read();
        }

        _watching = WatchAsync(clock);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _watching;
        _stopping.Dispose();
    }

    private void Watch<T>(string? path, Func<string, ConfigurationReport, T?> read, Action<string, T> set)
        where T : class
    {
        if (path is null)
        {
            return;
        }

        var isFirst = true;
        _files.Add((new WatchedFile(path), Read));

        void Read()
        {
            var report = new ConfigurationReport(new SettingOrigin(path, "/"));
            if (read(path, report) is { } content)
            {
                set(path, content);
            }
            else if (isFirst)
            {
                throw new StartException(Faults(report));
            }
            else
            {
                _logger.FileNotTaken(path, Faults(report));
            }

            isFirst = false;
        }
    }

    private async Task WatchAsync(TimeProvider clock)
    {
        using var timer = new PeriodicTimer(Interval, clock);
        try
        {
            while (await timer.WaitForNextTickAsync(_stopping.Token))
            {
                foreach (var (_, read) in _files.FindAll(watched => watched.File.HasChanged()))
                {
                    read();
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The gateway stops.
        }
    }

    private void SetUsers(string path, Users users)
    {
        _access.Users = users;
        _logger.UsersRead(path, users.Names.Count, _broker.DetachUnwelcome());
    }

    private void SetTokenKeys(string path, TokenKeys keys)
    {
        _access.TokenKeys = keys;
        _logger.TokenKeysRead(path, string.Join(", ", keys.All), keys.Skipped.Count > 0 ? string.Join("; ", keys.Skipped) : "nothing");
    }

    private void SetRules(string path, AccessRules rules)
    {
        _access.Rules = rules;
        _logger.RulesRead(path, rules.Rules.Count);
    }

    private void SetBans(string path, IReadOnlyList<Ban> bans)
    {
        _access.Bans = bans;
        _logger.BansRead(path, bans.Count, _broker.DetachUnwelcome());
    }

    private static string Faults(ConfigurationReport report) => string.Join("; ", report.Faults);
}
