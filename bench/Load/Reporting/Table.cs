using System.Globalization;
using System.Text;

namespace Edge.Load.Reporting;

/// <summary>A plain-text table: the first column to the left, numbers to the right.</summary>
internal sealed class Table(params string[] headings)
{
    private readonly List<string[]> _rows = [headings];

    internal void Add(params string[] cells) => _rows.Add(cells);

    /// <summary>A number with as many digits as it deserves.</summary>
    internal static string Number(double value) => double.IsNaN(value)
        ? "-"
        : value.ToString(Math.Abs(value) switch { 0 or >= 1000 => "N0", >= 10 => "N1", _ => "N2" }, CultureInfo.InvariantCulture);

    public override string ToString()
    {
        var widths = Enumerable.Range(0, headings.Length).Select(column => _rows.Max(row => row[column].Length)).ToArray();
        var text = new StringBuilder();
        foreach (var row in _rows)
        {
            for (var column = 0; column < row.Length; column++)
            {
                text.Append(column == 0 ? row[column].PadRight(widths[column]) : row[column].PadLeft(widths[column] + 3));
            }

            text.AppendLine();
        }

        return text.ToString();
    }
}
