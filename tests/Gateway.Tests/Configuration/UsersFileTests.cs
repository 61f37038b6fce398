using CsCheck;
using Edge.Gateway.Configuration;
using Edge.LocalBroker.Access;

namespace Edge.Gateway.Tests.Configuration;

public sealed class UsersFileTests : IDisposable
{
    private const string Auth = "auth.users_file = 'users.toml'";
    private static readonly PasswordHash Hash = PasswordHash.Create("p"u8, PasswordHash.LeastIterations);

    private readonly Loading _loading = new();

    public void Dispose() => _loading.Dispose();

    [Theory]
    [InlineData("[users.alice]\npassword = 'hunter2'", "users.toml:2: users.alice.password is no hash of a password; make it with: edge-gateway passwd FILE USER")]
    [InlineData("[users.alice]\npassword = 2", "users.toml:2: users.alice.password is no hash of a password; make it with: edge-gateway passwd FILE USER")]
    [InlineData("[users.alice]", "users.toml:1: users.alice must hold the key password and nothing else")]
    [InlineData("users.alice = 'hunter2'", "users.toml:1: users.alice must hold the key password and nothing else")]
    [InlineData("users = 'hunter2'", "users.toml:1: users has no place here; the file holds tables written [users.NAME]")]
    [InlineData("[user.alice]\npassword = 'hunter2'", "users.toml:1: user has no place here; the file holds tables written [users.NAME]")]
    [InlineData("[users.\"a\\u0007\"]\npassword = 'hunter2'", "users.toml:1: users.a\u0007 is no name of a user; it must be 1 to 255 characters, none of them a control character")]
    public void A_wrong_users_file_is_told_at_the_start_and_without_a_password(string users, string fault)
    {
        _loading.File("users.toml", users);

        Assert.Equal(fault, Assert.Single(_loading.Faults(Auth)));
    }

    [Fact]
    public void Text_that_is_no_toml_is_told_with_its_line()
    {
        _loading.File("users.toml", "[users.alice]\npassword = hunter2\n");

        Assert.StartsWith("users.toml:2: ", Assert.Single(_loading.Faults(Auth)), StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_written_is_read_back_whatever_the_names_are() =>
        Gen.String.Where(UsersFile.IsName).Where(name => Messaging.Wire.Utf8Text.IsValid(name)).HashSet[0, 5].Sample(
            names =>
            {
                var file = _loading.File("users.toml", UsersFile.Write(names.ToDictionary(name => name, _ => Hash)));
                var report = new ConfigurationReport(new SettingOrigin(file, "/"));
                var users = UsersFile.ReadHashes(file, report);

                Assert.Empty(report.Faults);
                Assert.Equal(names.Order(), users!.Keys.Order());
                Assert.All(users.Values, hash => Assert.Equal(Hash, hash));
            },
            iter: 200,
            threads: 1);

    [Fact]
    public void A_file_that_was_changed_or_replaced_is_noticed_once_and_when_it_is_whole()
    {
        var path = _loading.File("users.toml", "");
        var file = new WatchedFile(path);
        Assert.Equal([false, false], Looks());

        File.WriteAllText(path, "# mo");
        Assert.False(file.HasChanged());
        File.WriteAllText(path, "# more");
        Assert.Equal([false, true, false], Looks(3));

        File.Move(_loading.File("new.toml", "# less"), path, overwrite: true);
        Assert.Equal([false, true, false], Looks(3));

        File.Delete(path);
        Assert.Equal([false, true, false], Looks(3));

        bool[] Looks(int count = 2) => [.. Enumerable.Range(0, count).Select(_ => file.HasChanged())];
    }
}
