using Edge.EndToEnd.Tests.Harness;

namespace Edge.EndToEnd.Tests.Operation;

/// <summary>The calls of the program that start nothing.</summary>
public sealed class CommandTests : EndToEndTest
{
    [Fact]
    public async Task Check_finds_nothing_wrong_with_a_good_file()
    {
        var file = await WriteAsync(new GatewayConfiguration { CloudPort = 1883 }.ToToml(CreateGateway()));

        var (exitCode, _, errors) = await ChildProcess.RunAsync(Repository.Gateway, "check", "--config", file);

        Assert.Equal((0, ""), (exitCode, errors));
    }

    [Fact]
    public async Task Check_names_every_fault_with_key_and_value()
    {
        var file = await WriteAsync("""
            [mqtt]
            max_inflight = 0
            max_pakket_size = "1MiB"
            [listeners.mqtt]
            bind = "somewhere"
            """);

        var (exitCode, output, errors) = await ChildProcess.RunAsync(Repository.Gateway, "check", "--config", file);

        Assert.Equal(2, exitCode);
        var said = output + errors;
        Assert.All(
            (string[])["mqtt.max_inflight", "mqtt.max_pakket_size", "max_packet_size", "listeners.mqtt.bind", "somewhere"],
            part => Assert.Contains(part, said, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Run_refuses_what_check_refuses()
    {
        var file = await WriteAsync("mqtt.max_inflight = 0");

        var (exitCode, _, errors) = await ChildProcess.RunAsync(Repository.Gateway, "run", "--config", file);

        Assert.Equal(2, exitCode);
        Assert.Contains("mqtt.max_inflight", errors, StringComparison.Ordinal);
    }

    [Theory, InlineData("--no-such-option"), InlineData("no-such-command")]
    public async Task Wrong_arguments_are_refused(string argument)
    {
        var (exitCode, _, errors) = await ChildProcess.RunAsync(Repository.Gateway, argument);

        Assert.Equal(2, exitCode);
        Assert.Contains(argument, errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Version_says_which_it_is()
    {
        var (exitCode, output, _) = await ChildProcess.RunAsync(Repository.Gateway, "version");

        Assert.Equal(0, exitCode);
        Assert.Matches(@"\d+\.\d+\.\d+", output);
    }

    private async Task<string> WriteAsync(string toml)
    {
        var file = Path.Combine(Folder, "gateway.toml");
        await File.WriteAllTextAsync(file, toml, TestContext.Current.CancellationToken);
        return file;
    }
}
