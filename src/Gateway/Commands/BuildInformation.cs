using System.Reflection;
using System.Runtime.InteropServices;

namespace Edge.Gateway.Commands;

/// <summary>What this executable was built from and runs on.</summary>
internal static class BuildInformation
{
    private static readonly string[] VersionAndCommit =
        (typeof(BuildInformation).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "").Split('+', 2);

    /// <summary>Version of the program.</summary>
    public static string Version => VersionAndCommit[0];

    /// <summary>Commit it was built from; <c>unknown</c> when it was built outside the repository.</summary>
    public static string Commit => VersionAndCommit is [_, var commit] ? commit : "unknown";

    /// <summary>Framework, kind of compilation and platform.</summary>
    public static string Runtime => $"{RuntimeInformation.FrameworkDescription}, {Compilation}, {RuntimeInformation.RuntimeIdentifier}";

    /// <summary>Only a program whose code is compiled while it runs is started with a list of assemblies.</summary>
    private static string Compilation => AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES") is null ? "NativeAOT" : "JIT";
}
