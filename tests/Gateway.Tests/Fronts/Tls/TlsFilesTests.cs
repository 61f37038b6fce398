using Edge.EndToEnd.Tests.Harness;
using Edge.Gateway.Configuration;
using Edge.Gateway.Fronts.Tls;
using Microsoft.Extensions.Time.Testing;

namespace Edge.Gateway.Tests.Fronts.Tls;

/// <summary>Certificates follow their files, however those are replaced, and never into something that cannot be used.</summary>
public sealed class TlsFilesTests : IDisposable
{
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(1);

    private readonly TemporaryFolder _folder = new();
    private readonly FakeTimeProvider _clock = new(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
    private readonly RecordingLog _log = new();
    private readonly CertificateAuthority _authority;
    private readonly (string Certificate, string Key) _old;
    private readonly (string Certificate, string Key) _new;

    public TlsFilesTests()
    {
        _authority = new CertificateAuthority(_folder.Path, "root");
        (_old, _new) = (_authority.Issue("old"), _authority.Issue("new"));
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Files_written_over_are_taken_at_the_second_look()
    {
        using var files = Load(_old);

        File.Copy(_new.Certificate, _old.Certificate, overwrite: true);
        File.Copy(_new.Key, _old.Key, overwrite: true);
        _clock.Advance(Look);
        Assert.Equal("CN=old", files.Current.Certificate.Subject);
        _clock.Advance(Look);

        Assert.Equal("CN=new", files.Current.Certificate.Subject);
        Assert.Equal([1106, 1106], _log.Events);
    }

    [Fact]
    public void Files_renamed_over_are_taken()
    {
        using var files = Load(_old);

        File.Move(_new.Certificate, _old.Certificate, overwrite: true);
        File.Move(_new.Key, _old.Key, overwrite: true);
        LookTwice();

        Assert.Equal("CN=new", files.Current.Certificate.Subject);
    }

    [Fact]
    public void A_link_on_the_way_that_is_turned_is_followed()
    {
        var (first, second) = (Directory.CreateDirectory(Path.Combine(_folder.Path, "1")), Directory.CreateDirectory(Path.Combine(_folder.Path, "2")));
        Put(_old, first);
        Put(_new, second);
        var link = Directory.CreateSymbolicLink(Path.Combine(_folder.Path, "current"), first.FullName);
        using var files = Load((Path.Combine(link.FullName, "c.pem"), Path.Combine(link.FullName, "c.key")));
        Assert.Equal("CN=old", files.Current.Certificate.Subject);

        link.Delete();
        Directory.CreateSymbolicLink(link.FullName, second.FullName);
        LookTwice();

        Assert.Equal("CN=new", files.Current.Certificate.Subject);

        static void Put((string Certificate, string Key) from, DirectoryInfo folder)
        {
            File.Copy(from.Certificate, Path.Combine(folder.FullName, "c.pem"));
            File.Copy(from.Key, Path.Combine(folder.FullName, "c.key"));
        }
    }

    [Fact]
    public void A_certificate_is_not_tried_before_its_key_has_followed()
    {
        using var files = Load(_old);

        File.Move(_new.Certificate, _old.Certificate, overwrite: true);
        _clock.Advance(Look);
        File.Move(_new.Key, _old.Key, overwrite: true);
        LookTwice();

        Assert.Equal("CN=new", files.Current.Certificate.Subject);
        Assert.Equal([1106, 1106], _log.Events);
    }

    [Fact]
    public void What_cannot_be_used_is_told_once_and_the_old_certificate_stays_until_it_is_mended()
    {
        using var files = Load(_old);

        File.Move(_new.Certificate, _old.Certificate, overwrite: true);
        LookTwice();
        LookTwice();
        Assert.Equal("CN=old", files.Current.Certificate.Subject);
        Assert.Equal([1106, 1108], _log.Events);
        Assert.StartsWith("The former certificates stay in use: listeners.mqtts.key is", _log.Last, StringComparison.Ordinal);

        File.Move(_new.Key, _old.Key, overwrite: true);
        LookTwice();
        Assert.Equal("CN=new", files.Current.Certificate.Subject);
    }

    [Fact]
    public void Files_that_are_gone_are_told_once_and_the_old_certificate_stays()
    {
        using var files = Load(_old);

        File.Delete(_old.Key);
        LookTwice();
        LookTwice();

        Assert.Equal("CN=old", files.Current.Certificate.Subject);
        Assert.Equal([1106, 1108], _log.Events);
    }

    [Fact]
    public void A_certificate_that_ran_out_is_shown_with_a_warning()
    {
        using var files = Load(_authority.Issue("late", hasRunOut: true));

        Assert.Equal([1106, 1107], _log.Events);
        Assert.Equal("listeners.mqtts shows a certificate that is not valid now, only from 2020-01-01T00:00:00Z to 2021-01-01T00:00:00Z; clients may refuse it", _log.Last);
    }

    private TlsFiles Load((string Certificate, string Key) files) => new("listeners.mqtts", new TlsSettings(files.Certificate, files.Key), _clock, _log);

    private void LookTwice()
    {
        _clock.Advance(Look);
        _clock.Advance(Look);
    }
}
