using CsCheck;
using Edge.Gateway.Configuration;
using Edge.LocalBroker.Access;

namespace Edge.Gateway.Tests.Configuration;

public sealed class UsersFileTests : IDisposable
{
    private const string Auth = "auth.users_file = 'users.toml'";
    private static readonly User User = User.Create("p"u8, PasswordHash.LeastIterations);
    private static readonly string Hash = User.Password.ToText();

    private readonly Loading _loading = new();

    public void Dispose() => _loading.Dispose();

    [Theory]
    [InlineData("[users.alice]\npassword = 'hunter2'", "users.toml:2: users.alice.password is no hash of a password; make it with: edge-gateway passwd FILE USER")]
    [InlineData("[users.alice]\npassword = 2", "users.toml:2: users.alice.password is no hash of a password; make it with: edge-gateway passwd FILE USER")]
    [InlineData("[users.alice]", "users.toml:1: users.alice must hold the key password")]
    [InlineData("users.alice = 'hunter2'", "users.toml:1: users.alice must hold the key password")]
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
    public void What_is_written_is_read_back_whatever_the_names_are()
    {
        var key = new byte[32];
        Gen.String.Where(UsersFile.IsName).Where(name => Messaging.Wire.Utf8Text.IsValid(name)).HashSet[0, 5].Sample(
            names =>
            {
                var file = _loading.File("users.toml", UsersFile.Write(new Users(names.Select(name => KeyValuePair.Create(name, User)), key)));
                var report = new ConfigurationReport(new SettingOrigin(file, "/"));
                var users = UsersFile.Read(file, report);

                Assert.Empty(report.Faults);
                Assert.Equal(names.Order(), users!.Names.Order());
                Assert.Equal(key, users.SaltKey.ToArray());
                Assert.All(users.All.Values, user => Assert.Equal((User.Password, User.KeysFor(ScramMethod.Sha256), User.KeysFor(ScramMethod.Sha512)),
                    (user.Password, user.KeysFor(ScramMethod.Sha256), user.KeysFor(ScramMethod.Sha512))));
            },
            iter: 200,
            threads: 1);
    }

    [Fact]
    public void A_file_of_an_earlier_version_has_no_keys_for_SCRAM()
    {
        var users = UsersFile.Read(_loading.File("users.toml", $"[users.alice]\npassword = '{Hash}'"), new ConfigurationReport(new SettingOrigin("", "/")));

        Assert.Empty(users!.All["alice"].Scram);
    }

    [Theory]
    [InlineData("scram_sha_256 = 'hunter2'", "users.toml:3: users.alice.scram_sha_256 holds no keys for SCRAM-SHA-256; make them with: edge-gateway passwd FILE USER")]
    [InlineData("scram_sha_512 = 7", "users.toml:3: users.alice.scram_sha_512 holds no keys for SCRAM-SHA-512; make them with: edge-gateway passwd FILE USER")]
    [InlineData("pass = 'hunter2'", "users.toml:3: users.alice.pass has no place here; a user has the keys password, scram_sha_256 and scram_sha_512")]
    [InlineData("[salt]", "users.toml:3: salt has no place here; the file holds tables written [users.NAME]")]
    public void Wrong_keys_are_told(string line, string fault)
    {
        _loading.File("users.toml", $"[users.alice]\npassword = '{Hash}'\n{line}");

        Assert.Equal(fault, Assert.Single(_loading.Faults(Auth)));
    }

    [Theory]
    [InlineData("'short'"), InlineData("'c2hvcnQ='"), InlineData("7")]
    public void Wrong_salt_keys_are_told(string key)
    {
        _loading.File("users.toml", $"salt_key = {key}");

        Assert.Equal(
            "users.toml:1: salt_key must be at least 16 octets in Base64, or left out; edge-gateway passwd makes it", Assert.Single(_loading.Faults(Auth)));
    }

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

    [Fact]
    public void Files_that_belong_together_are_taken_when_all_of_them_are_still()
    {
        var (certificate, key) = (_loading.File("c.pem", "1"), _loading.File("k.pem", "2"));
        var files = new WatchedFile(certificate, key);

        File.WriteAllText(certificate, "2");
        Assert.False(files.HasChanged());
        File.WriteAllText(key, "1");
        Assert.Equal([false, true, false], [files.HasChanged(), files.HasChanged(), files.HasChanged()]);

        File.Delete(key);
        Assert.Equal([false, true], [files.HasChanged(), files.HasChanged()]);
        File.Move(certificate, key);
        Assert.Equal([false, true, false], [files.HasChanged(), files.HasChanged(), files.HasChanged()]);
    }
}
