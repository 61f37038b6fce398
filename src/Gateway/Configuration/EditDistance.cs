namespace Edge.Gateway.Configuration;

/// <summary>How far two words are apart, to find what was meant by a misspelt key.</summary>
internal static class EditDistance
{
    /// <summary>Least number of letters put in, left out, replaced or swapped with their neighbour that turns one word into the other.</summary>
    public static int Between(string from, string to)
    {
        var beforeLast = new int[to.Length + 1];
        var last = Enumerable.Range(0, to.Length + 1).ToArray();
        for (var i = 1; i <= from.Length; i++)
        {
            var row = new int[to.Length + 1];
            row[0] = i;
            for (var j = 1; j <= to.Length; j++)
            {
                var replaced = last[j - 1] + (from[i - 1] == to[j - 1] ? 0 : 1);
                row[j] = Math.Min(replaced, Math.Min(last[j], row[j - 1]) + 1);
                if (i > 1 && j > 1 && from[i - 1] == to[j - 2] && from[i - 2] == to[j - 1])
                {
                    row[j] = Math.Min(row[j], beforeLast[j - 2] + 1);
                }
            }

            (beforeLast, last) = (last, row);
        }

        return last[to.Length];
    }

    /// <summary>The word that was most likely meant: one that goes on where this one ends, else the nearest. Letters are compared without case.</summary>
    public static string Nearest(string word, IEnumerable<string> candidates) => candidates.MinBy(candidate =>
        (candidate.StartsWith(word, StringComparison.OrdinalIgnoreCase) ? 0 : Between(word.ToLowerInvariant(), candidate), candidate.Length))!;
}
