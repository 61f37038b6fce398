using System.Text.RegularExpressions;

namespace Edge.Gateway.Configuration;

/// <summary>One thing that is wrong in the configuration, told so that it can be mended: where, which key, what would be right.</summary>
/// <param name="Origin">Where it was written.</param>
/// <param name="Key">The full key; empty when the text could not be read as far as a key.</param>
/// <param name="Problem">What is wrong, as the rest of a sentence that begins with the key.</param>
internal sealed partial record ConfigurationFault(SettingOrigin Origin, string Key, string Problem)
{
    /// <summary>The whole sentence. A user name and password in an address are left out.</summary>
    public override string ToString() => UserInfo.Replace($"{Origin}: {(Key.Length > 0 ? Key + " " : "")}{Problem}", "//…@");

    [GeneratedRegex(@"//[^\s/""]*@")]
    private static partial Regex UserInfo { get; }
}
