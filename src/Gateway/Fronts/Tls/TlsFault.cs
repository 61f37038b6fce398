namespace Edge.Gateway.Fronts.Tls;

/// <summary>Why files give no credentials.</summary>
/// <param name="Key">The setting that names the file: <c>certificate</c>, <c>key</c>, <c>client_ca</c> or <c>psk_file</c>.</param>
/// <param name="Problem">What is wrong and what would be right, as the rest of a sentence that begins with the key.</param>
internal readonly record struct TlsFault(string Key, string Problem);
