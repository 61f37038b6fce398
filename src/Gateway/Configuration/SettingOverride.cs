using System.Globalization;
using Edge.Gateway.Configuration.Toml;

namespace Edge.Gateway.Configuration;

/// <summary>Puts single values, from the environment or the command line, over what the file says.</summary>
/// <remarks>
/// A key's parts are parted by dots. In an array of tables a part is the table's number from 0 (<c>bridge.0.address</c>; the number
/// that follows the last makes a new one) or its name (<c>bridge.cloud.address</c>). The value is read as TOML, else taken as text.
/// </remarks>
internal static class SettingOverride
{
    /// <summary>Arrays of tables, which the first override may have to make.</summary>
    private static readonly string[] ArrayKeys = ["bridge", "serial", "forward", "receive", "certificates"];

    /// <summary>Sets one key, or reports why it cannot be set.</summary>
    public static void Apply(SettingTable root, string key, string text, SettingOrigin origin, ConfigurationReport report)
    {
        var parts = key.Split('.');
        if (parts.Contains(""))
        {
            report.Add(origin, key, "is no key; write it as section.key");
            return;
        }

        SettingNode? node = root;
        foreach (var part in parts[..^1])
        {
            node = Step(node, part, origin);
            if (node is null)
            {
                report.Add(origin, key, $"leads nowhere: there is no {part}");
                return;
            }
        }

        var value = TomlReader.TryReadValue(text, origin, out var read) && read is not null ? read : new SettingScalar(origin, text, text);
        switch (node)
        {
            case SettingTable table:
                table.Children[parts[^1]] = value;
                break;
            case SettingArray array when IndexOf(array, parts[^1]) is >= 0 and var index && index < array.Items.Count:
                array.Items[index] = value;
                break;
            case SettingArray array when IndexOf(array, parts[^1]) == array.Items.Count:
                array.Items.Add(value);
                break;
            default:
                report.Add(origin, key, $"leads nowhere: there is no {parts[^1]}");
                break;
        }
    }

    private static SettingNode? Step(SettingNode? node, string part, SettingOrigin origin)
    {
        switch (node)
        {
            case SettingTable table:
                if (!table.Children.TryGetValue(part, out var child))
                {
                    child = ArrayKeys.Contains(part) ? new SettingArray(origin) : new SettingTable(origin);
                    table.Children.Add(part, child);
                }

                return child;
            case SettingArray array:
                var index = IndexOf(array, part);
                if (index == array.Items.Count)
                {
                    array.Items.Add(new SettingTable(origin));
                }

                return index >= 0 && index < array.Items.Count ? array.Items[index] : null;
            default:
                return null;
        }
    }

    /// <summary>Place of an element by number or name; −1 when there is none.</summary>
    private static int IndexOf(SettingArray array, string part) =>
        int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out var index)
            ? index
            : array.Items.FindIndex(item => (item as SettingTable)?.Children.GetValueOrDefault("name") is SettingScalar { Value: string name } && name == part);
}
