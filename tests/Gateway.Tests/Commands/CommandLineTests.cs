using Edge.Gateway.Commands;

namespace Edge.Gateway.Tests.Commands;

/// <summary>The command line: what is said and with which number it ends.</summary>
public sealed class CommandLineTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly StringWriter _output = new();
    private readonly StringWriter _error = new();

    public void Dispose()
    {
        _folder.Dispose();
        _output.Dispose();
        _error.Dispose();
    }

    [Fact]
    public async Task Check_of_a_valid_configuration_says_so_and_names_the_file()
    {
        var file = _folder.File("gateway.toml", "[gateway]\nname = 'x'\n");

        Assert.Equal(0, await InvokeAsync("check", "--config", file, "--set", "log.level=debug", "--set=mqtt.max_inflight=5"));

        Assert.Equal($"configuration is valid: {file}\n", _output.ToString());
    }

    [Fact]
    public async Task Check_of_a_wrong_configuration_tells_every_fault_and_ends_with_2()
    {
        var file = _folder.File("gateway.toml", "[mqtt]\nmax_inflight = 0\nmax_inflght = 1\n");

        Assert.Equal(2, await InvokeAsync("check", "--config", file));

        Assert.Equal(
            $"{file}:2: mqtt.max_inflight is 0; it must be a whole number from 1 to 65535\n"
                + $"{file}:3: mqtt.max_inflght is no known key; the nearest is mqtt.max_inflight\n"
                + $"configuration is not valid (2 to mend): {file}\n",
            _output.ToString());
    }

    [Theory]
    [InlineData("run")]
    [InlineData(null)]
    public async Task Run_with_a_wrong_configuration_tells_every_fault_and_ends_with_2(string? command)
    {
        string[] arguments = ["--set", "mqtt.max_inflight=0", "--set", "log.level=loud", "--config", _folder.File("gateway.toml", "")];

        Assert.Equal(2, await InvokeAsync(command is null ? arguments : [command, .. arguments]));

        Assert.Equal(
            "--set: log.level is \"loud\"; it must be \"trace\", \"debug\", \"info\", \"warning\" or \"error\"\n"
                + "--set: mqtt.max_inflight is 0; it must be a whole number from 1 to 65535\n"
                + "edge-gateway: the configuration is not valid; nothing was started.\n",
            _error.ToString());
    }

    [Theory]
    [InlineData("Unrecognized command or argument 'frobnicate'.", "frobnicate")]
    [InlineData("Unrecognized command or argument '--nope'.", "run", "--nope")]
    [InlineData("Required argument missing for option: '--config'.", "check", "--config")]
    [InlineData("Required argument missing for option: '--set'.", "run", "--set")]
    [InlineData("Option '--config' expects a single argument but 2 were provided.", "check", "--config", "a", "--config", "b")]
    [InlineData("Unrecognized command or argument 'x'.", "version", "x")]
    public async Task Wrong_arguments_are_named_and_end_with_2(string fault, params string[] arguments)
    {
        Assert.Equal(2, await InvokeAsync(arguments));
        Assert.Equal($"edge-gateway: {fault}\nTry 'edge-gateway --help'.\n", _error.ToString());
        Assert.Empty(_output.ToString());
    }

    [Fact]
    public async Task Version_says_version_commit_and_runtime()
    {
        Assert.Equal(0, await InvokeAsync("version"));

        Assert.Matches(@"^edge-gateway \d+\.\d+\.\d+\S*\ncommit ([0-9a-f]{40}|unknown)\nruntime \.NET 10\.\S+, JIT, linux-\S+\n$", _output.ToString());
    }

    [Fact]
    public async Task Help_names_every_command_and_option()
    {
        Assert.Equal(0, await InvokeAsync("--help"));

        Assert.All(["run", "check", "version", "--config <FILE>", "--set <KEY=VALUE>"], word => Assert.Contains(word, _output.ToString(), StringComparison.Ordinal));
    }

    private Task<int> InvokeAsync(params string[] arguments) => CommandLine.InvokeAsync(arguments, _output, _error);
}
