using System.Runtime.Versioning;
using Edge.Gateway.Commands;
using Edge.Gateway.Configuration;
using Edge.LocalBroker.Access;

namespace Edge.Gateway.Tests.Commands;

[SupportedOSPlatform("linux")]
public sealed class PasswdTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly StringWriter _output = new();
    private readonly StringWriter _error = new();
    private readonly string _file;

    public PasswdTests() => _file = Path.Combine(_folder.Path, "users.toml");

    public void Dispose()
    {
        _folder.Dispose();
        _output.Dispose();
        _error.Dispose();
    }

    [Fact]
    public async Task A_user_is_made_in_a_file_that_its_owner_alone_can_read()
    {
        Assert.Equal(0, await PasswdAsync("secret", "alice"));

        Assert.True(Users().All["alice"].Password.Matches("secret"u8));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(_file));
        Assert.Equal([_file], Directory.GetFiles(_folder.Path));
        Assert.DoesNotContain("secret", $"{_output}{_error}{File.ReadAllText(_file)}", StringComparison.Ordinal);
    }

    [Fact]
    public async Task Keys_for_SCRAM_are_made_too_and_what_hides_the_names_of_users_stays()
    {
        await PasswdAsync("one", "alice");
        var before = Users();
        await PasswdAsync("two", "bob");

        Assert.All(ScramMethod.All, method => Assert.Equal(1_000, Users().All["alice"].KeysFor(method)!.Iterations));
        Assert.Equal(before.All["alice"].Scram, Users().All["alice"].Scram);
        Assert.Equal(before.SaltKey.ToArray(), Users().SaltKey.ToArray());
    }

    [Fact]
    public async Task A_password_is_changed_and_other_users_stay()
    {
        await PasswdAsync("one", "alice");
        await PasswdAsync("two", "bob smith");
        Assert.Equal(0, await PasswdAsync("three", "alice"));

        Assert.True(Users().All["alice"].Password.Matches("three"u8));
        Assert.True(Users().All["bob smith"].Password.Matches("two"u8));
    }

    [Fact]
    public async Task A_user_is_deleted_and_one_that_is_not_there_is_told()
    {
        await PasswdAsync("one", "alice");

        Assert.Equal(0, await PasswdAsync("", "alice", "--delete"));
        Assert.Empty(Users().Names);
        Assert.Equal(2, await PasswdAsync("", "alice", "--delete"));
        Assert.Equal($"edge-gateway: there is no user alice in {_file}.\n", _error.ToString());
    }

    [Fact]
    public async Task The_password_is_the_first_line_alone()
    {
        await PasswdAsync("one\ntwo\n", "alice");

        Assert.True(Users().All["alice"].Password.Matches("one"u8));
    }

    [Theory]
    [InlineData("", "a password must not be empty; nothing was changed.")]
    [InlineData("\nx", "a password must not be empty; nothing was changed.")]
    public async Task An_empty_password_is_refused(string input, string fault)
    {
        Assert.Equal(2, await PasswdAsync(input, "alice"));

        Assert.Equal($"edge-gateway: {fault}\n", _error.ToString());
        Assert.False(File.Exists(_file));
    }

    [Fact]
    public async Task A_file_that_is_not_right_is_left_as_it_is()
    {
        File.WriteAllText(_file, "[users.alice]\npassword = 'plain'\n");

        Assert.Equal(2, await PasswdAsync("secret", "bob"));

        Assert.Equal("[users.alice]\npassword = 'plain'\n", File.ReadAllText(_file));
        Assert.EndsWith("edge-gateway: nothing was changed.\n", _error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_link_to_the_file_stays_a_link()
    {
        var link = Path.Combine(_folder.Path, "link.toml");
        await PasswdAsync("one", "alice");
        File.CreateSymbolicLink(link, _file);

        await CommandLine.InvokeAsync(["passwd", link, "bob"], _output, _error, new StringReader("two"));

        Assert.NotNull(new FileInfo(link).LinkTarget);
        Assert.Equal(["alice", "bob"], Users().Names.Order());
    }

    [Fact]
    public async Task A_folder_that_is_not_there_is_a_fault_at_run_time()
    {
        var file = Path.Combine(_folder.Path, "none", "users.toml");

        Assert.Equal(1, await CommandLine.InvokeAsync(["passwd", file, "alice"], _output, _error, new StringReader("secret")));

        Assert.StartsWith($"edge-gateway: {file} cannot be written: ", _error.ToString(), StringComparison.Ordinal);
    }

    private Task<int> PasswdAsync(string input, params string[] arguments) =>
        CommandLine.InvokeAsync(["passwd", _file, .. arguments, "--iterations", "1000"], _output, _error, new StringReader(input));

    private Users Users()
    {
        var report = new ConfigurationReport(new SettingOrigin(_file, "/"));
        return UsersFile.Read(_file, report) ?? throw new InvalidOperationException(string.Join('\n', report.Faults));
    }
}
