using System.Text;
using Edge.Protocols.Mqtt.Codec;
using Edge.Protocols.Mqtt.Upstream;

namespace Edge.Bridge;

/// <summary>What upstream said, in words, and what an operator can do about it.</summary>
internal static class RefusalText
{
    /// <summary>A Reason Code as the specification names it, such as <c>bad user name or password (0x86)</c>.</summary>
    public static string Of(ReasonCode code)
    {
        var words = new StringBuilder();
        foreach (var letter in code.ToString())
        {
            if (char.IsAsciiLetterUpper(letter) && words.Length > 0)
            {
                words.Append(' ');
            }

            words.Append(char.ToLowerInvariant(letter));
        }

        return $"{words} (0x{(byte)code:X2})";
    }

    /// <summary>Why a conversation ended.</summary>
    public static string Of(UpstreamEnd end, BridgeOptions options) => end.Cause switch
    {
        UpstreamEndCause.Stopped => "we stop",
        UpstreamEndCause.Refused => WithText(Of(end.Reason), end),
        UpstreamEndCause.Disconnected => WithText($"upstream disconnected us: {Of(end.Reason)}", end),
        UpstreamEndCause.NoConnAck => $"no CONNACK within {options.ConnectTimeout.TotalSeconds:0.#} s",
        UpstreamEndCause.KeepAlive => "upstream is silent, also when asked for a sign of life (PINGREQ)",
        UpstreamEndCause.NoAcknowledgement => $"a message was not acknowledged within {options.AcknowledgeTimeout.TotalSeconds:0.#} s",
        UpstreamEndCause.NotTaken => "the local broker cannot take a message from upstream now",
        _ => WithText($"upstream broke the protocol: {Of(end.Reason)}", end),
    };

    /// <summary>What to do about a refused CONNECT.</summary>
    public static string AdviceFor(ReasonCode code) => code switch
    {
        ReasonCode.UnsupportedProtocolVersion => "set protocol to what upstream speaks",
        ReasonCode.ClientIdentifierNotValid => "set client_id to one that upstream accepts",
        ReasonCode.BadUserNameOrPassword => "check username and password_file",
        ReasonCode.NotAuthorized or ReasonCode.Banned => "check username, password_file, certificate and client_id, and what upstream permits them",
        ReasonCode.BadAuthenticationMethod => "upstream wants an authentication that this bridge does not know",
        ReasonCode.UseAnotherServer or ReasonCode.ServerMoved => "set address to the server that upstream names",
        _ => "upstream may take us later",
    };

    private static string WithText(string words, UpstreamEnd end) =>
        words + (end.Text is { } text ? $", \"{text}\"" : "") + (end.ServerReference is { } server ? $"; it names {server}" : "");
}
