using System.Text;

namespace Edge.Protocols.Coap.Resources;

/// <summary>What <c>/.well-known/core</c> tells of (RFC 6690 §4, §7).</summary>
internal static class WellKnownCore
{
    private static readonly Link[] Links = [new("/ps", ("rt", "core.ps"), ("obs", null), ("title", "Topics: POST, PUT, GET, DELETE"))];

    /// <summary>The links that a query asks for, as <c>application/link-format</c>; empty when there are none.</summary>
    public static byte[] Matching(IReadOnlyList<string> query) => Encoding.UTF8.GetBytes(Link.Format(Links.Where(link => link.Matches(query))));
}
