namespace Edge.Architecture.Tests;

/// <summary>Holds the projects to the arrows drawn in docs/architecture.md. A new arrow is a change there first.</summary>
public sealed class ArrowTests
{
    private const string Logging = "Microsoft.Extensions.Logging.Abstractions";

    /// <summary>Which projects a project may reference. Zigbee is drawn already and comes later.</summary>
    private static readonly Dictionary<string, string[]> Arrows = new()
    {
        ["Messaging"] = [],
        ["Transports"] = [],
        ["Protocols.Mqtt"] = ["Messaging"],
        ["Protocols.MqttSn"] = ["Messaging"],
        ["Protocols.Coap"] = ["Messaging"],
        ["Storage"] = ["Messaging"],
        ["LocalBroker"] = ["Messaging"],
        ["Bridge"] = ["Messaging", "Protocols.Mqtt"],
        ["Serial"] = ["Messaging", "Transports"],
        ["Zigbee"] = ["Messaging", "Serial"],
        ["Gateway"] =
        [
            "Messaging", "Transports", "Protocols.Mqtt", "Protocols.MqttSn", "Protocols.Coap", "Storage", "LocalBroker", "Bridge", "Serial", "Zigbee",
        ],
    };

    /// <summary>Which packages a project may use; each has a record in docs/decisions.</summary>
    private static readonly Dictionary<string, string[]> Packages = new()
    {
        ["Transports"] = ["BouncyCastle.Cryptography"],
        ["Protocols.Coap"] = ["System.Formats.Cbor"],
        ["Storage"] = ["SQLitePCLRaw.bundle_e_sqlite3", Logging],
        ["LocalBroker"] = [Logging],
        ["Bridge"] = [Logging],
        ["Serial"] = [Logging],
        ["Gateway"] = ["System.CommandLine", "Tomlyn"],
    };

    /// <summary>Which shared frameworks a project may use.</summary>
    private static readonly Dictionary<string, string[]> Frameworks = new() { ["Gateway"] = ["Microsoft.AspNetCore.App"] };

    public static TheoryData<string> Projects => [.. Repository.Projects];

    [Theory, MemberData(nameof(Projects))]
    public void A_project_references_only_what_its_arrows_allow(string project) =>
        Assert.Empty(Repository.Included(project, "ProjectReference").Select(Repository.NameOf).Except(Arrows[Repository.NameOf(project)]));

    [Theory, MemberData(nameof(Projects))]
    public void A_project_uses_only_the_packages_that_are_its_own(string project) =>
        Assert.Empty(Repository.Included(project, "PackageReference").Except(Packages.GetValueOrDefault(Repository.NameOf(project), [])));

    [Theory, MemberData(nameof(Projects))]
    public void A_project_uses_only_the_shared_frameworks_that_are_its_own(string project) =>
        Assert.Empty(Repository.Included(project, "FrameworkReference").Except(Frameworks.GetValueOrDefault(Repository.NameOf(project), [])));

    [Fact]
    public void Every_package_has_a_record_of_why_it_is_used()
    {
        var decisions = string.Concat(Directory.EnumerateFiles(Path.Combine(Repository.Root, "docs/decisions")).Select(File.ReadAllText));

        Assert.All(
            Repository.Included("Directory.Packages.props", "PackageVersion"),
            package => Assert.Contains($"`{package}`", decisions, StringComparison.Ordinal));
    }
}
