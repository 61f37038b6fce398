namespace Edge.EndToEnd.Tests.Harness;

/// <summary>libcoap's client. It ends with 0 whatever happened: a test has to read what it says.</summary>
internal static class CoapClient
{
    /// <summary>Sends a request.</summary>
    /// <param name="port">Where the gateway serves CoAP over UDP.</param>
    /// <param name="method">Such as <c>post</c>.</param>
    /// <param name="path">Path and query, percent-encoded.</param>
    /// <param name="options">What else it is told, such as <c>-N</c>.</param>
    /// <returns>The body of the answer, and what it says of an error, such as <c>4.04 nothing is retained</c>.</returns>
    public static Task<(string Body, string Error)> SendAsync(int port, string method, string path, params IEnumerable<string> options) =>
        RunAsync("coap-client-notls", Arguments("coap", port, method, path, options));

    /// <summary>The same over DTLS.</summary>
    public static Task<(string Body, string Error)> SendSecurelyAsync(int port, string method, string path, params IEnumerable<string> options) =>
        RunAsync("coap-client-openssl", Arguments("coaps", port, method, path, options));

    /// <summary>Observes for as long as the returned process lives; each body is a line of its output.</summary>
    public static ChildProcess Observe(int port, string path, params IEnumerable<string> options) =>
        ChildProcess.Start("coap-client-notls", Arguments("coap", port, "get", path, ["-s", "300", "-w", .. options]));

    /// <summary>The same over DTLS.</summary>
    public static ChildProcess ObserveSecurely(int port, string path, params IEnumerable<string> options) =>
        ChildProcess.Start("coap-client-openssl", Arguments("coaps", port, "get", path, ["-s", "300", "-w", .. options]));

    private static string[] Arguments(string scheme, int port, string method, string path, IEnumerable<string> options) =>
        ["-m", method, "-B", "30", .. options, $"{scheme}://127.0.0.1:{port}/{path}"];

    private static async Task<(string Body, string Error)> RunAsync(string program, string[] arguments)
    {
        var (exitCode, output, errors) = await ChildProcess.RunAsync(program, arguments);
        Assert.True(exitCode == 0, $"{program} {string.Join(' ', arguments)} ended with {exitCode}: {errors}");
        return (output, errors);
    }
}
