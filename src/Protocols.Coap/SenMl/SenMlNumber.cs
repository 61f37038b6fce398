using System.Globalization;
using System.Text.Unicode;

namespace Edge.Protocols.Coap.SenMl;

/// <summary>A number as decimals have it, so that 23.1 and 0.2 are 23.3: a coefficient times a power of ten, without zeros at its end.</summary>
/// <remarks>
/// Exact to 37 digits. What has more is taken to the nearest IEEE double, which is all that a receiver has to make of a number (RFC 8428 §5); what no
/// double can hold is no number.
/// </remarks>
internal readonly record struct SenMlNumber
{
    /// <summary>Digits that <see cref="Int128"/> holds, so that one more is no overflow.</summary>
    private const int MaxDigits = 37;

    /// <summary>Beyond any exponent of a double, with the digits that stand before it.</summary>
    private const int MaxExponent = 1_000;

    /// <summary>Most zeros written at an end; what has more is written with an exponent.</summary>
    private const int MaxZeros = 20;

    private readonly Int128 _coefficient;
    private readonly int _exponent;

    /// <param name="coefficient">A whole number of at most 37 digits.</param>
    /// <param name="exponent">The power of ten that it is multiplied by.</param>
    private SenMlNumber(Int128 coefficient, int exponent)
    {
        while (coefficient != 0 && coefficient % 10 == 0)
        {
            (coefficient, exponent) = (coefficient / 10, exponent + 1);
        }

        (_coefficient, _exponent) = (coefficient, coefficient == 0 ? 0 : exponent);
    }

    /// <summary>Whether it counts something.</summary>
    public bool IsWholeAboveZero => _exponent >= 0 && _coefficient > 0;

    /// <summary>The whole number that it is, when it has no more than 18 digits.</summary>
    public long? Whole => _exponent >= 0 && _exponent + DigitsOf(_coefficient) <= 18 ? (long)(_coefficient * PowerOfTen(_exponent)) : null;

    /// <summary>Coefficient and exponent, as decimal fractions of CBOR have them (RFC 8949 §3.4.4).</summary>
    public (Int128 Coefficient, int Exponent) Parts => (_coefficient, _exponent);

    /// <summary>A whole number.</summary>
    public static SenMlNumber Of(Int128 whole) => new(whole, 0);

    /// <summary>The number with the fewest digits that is this double and no other; false when it is infinite or none.</summary>
    public static bool TryFrom(double value, out SenMlNumber number)
    {
        Span<byte> text = stackalloc byte[32];
        number = default;
        return double.IsFinite(value) && value.TryFormat(text, out var written, "R", CultureInfo.InvariantCulture) && TryScan(text[..written], out number);
    }

    /// <summary>A coefficient times a power of ten; false when it is too large.</summary>
    public static bool TryFrom(Int128 coefficient, long exponent, out SenMlNumber number)
    {
        number = default;
        return coefficient == 0
            || (Math.Abs(exponent) <= MaxExponent && DigitsOf(coefficient) <= MaxDigits && (number = new SenMlNumber(coefficient, (int)exponent)).IsInRange);
    }

    /// <summary>Takes a number from JSON, or one written like it; false when it is too large.</summary>
    public static bool TryParse(ReadOnlySpan<byte> text, out SenMlNumber number) =>
        TryScan(text, out number) ? number.IsInRange : double.TryParse(text, CultureInfo.InvariantCulture, out var value) && TryFrom(value, out number);

    /// <summary>Adds two numbers; false when the sum is too large.</summary>
    public static bool TryAdd(SenMlNumber one, SenMlNumber other, out SenMlNumber sum)
    {
        var (high, low) = one._exponent > other._exponent ? (one, other) : (other, one);
        var shift = high._exponent - low._exponent;
        if (high._coefficient == 0 || low._coefficient == 0)
        {
            sum = high._coefficient == 0 ? low : high;
            return true;
        }

        if (DigitsOf(high._coefficient) + shift <= MaxDigits)
        {
            sum = new SenMlNumber((high._coefficient * PowerOfTen(shift)) + low._coefficient, low._exponent);
            if (DigitsOf(sum._coefficient) <= MaxDigits)
            {
                return sum.IsInRange;
            }
        }

        return TryFrom(one.ToDouble() + other.ToDouble(), out sum);
    }

    /// <summary>The nearest double; infinite when there is none.</summary>
    public double ToDouble()
    {
        Span<byte> text = stackalloc byte[64];
        return Utf8.TryWrite(text, CultureInfo.InvariantCulture, $"{_coefficient}E{_exponent}", out var written)
            ? double.Parse(text[..written], CultureInfo.InvariantCulture)
            : throw new InvalidOperationException("A coefficient has no more than 37 digits.");
    }

    /// <summary>As JSON has it.</summary>
    public override string ToString()
    {
        var digits = Int128.Abs(_coefficient).ToString(CultureInfo.InvariantCulture);
        var sign = _coefficient < 0 ? "-" : "";
        return _exponent switch
        {
            >= 0 and <= MaxZeros => $"{sign}{digits}{new string('0', _exponent)}",
            < 0 when digits.Length + _exponent > 0 => $"{sign}{digits[..^-_exponent]}.{digits[^-_exponent..]}",
            < 0 when -_exponent - digits.Length <= MaxZeros => $"{sign}0.{new string('0', -_exponent - digits.Length)}{digits}",
            _ => string.Create(CultureInfo.InvariantCulture, $"{sign}{digits}e{_exponent}"),
        };
    }

    /// <summary>Whether there is a double near it; with few digits only the largest exponents leave a doubt.</summary>
    private bool IsInRange => _exponent < 270 || double.IsFinite(ToDouble());

    /// <summary>Reads sign, digits, fraction and exponent; false when there are too many of them.</summary>
    private static bool TryScan(ReadOnlySpan<byte> text, out SenMlNumber number)
    {
        number = default;
        var (coefficient, exponent, digits) = ((Int128)0, 0, 0);
        var (isFraction, isNegative) = (false, text is [(byte)'-', ..]);
        for (var i = isNegative ? 1 : 0; i < text.Length; i++)
        {
            if (text[i] is (byte)'e' or (byte)'E')
            {
                if (!int.TryParse(text[(i + 1)..], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var power) || Math.Abs((long)power) > MaxExponent)
                {
                    return false;
                }

                exponent += power;
                break;
            }

            if (text[i] == '.')
            {
                isFraction = true;
                continue;
            }

            coefficient = (coefficient * 10) + (text[i] - '0');
            exponent -= isFraction ? 1 : 0;
            digits += coefficient == 0 ? 0 : 1;
            if (digits > MaxDigits)
            {
                return false;
            }
        }

        number = new SenMlNumber(isNegative ? -coefficient : coefficient, exponent);
        return Math.Abs((long)exponent) <= MaxExponent;
    }

    private static int DigitsOf(Int128 number)
    {
        var digits = 0;
        for (; number != 0; number /= 10)
        {
            digits++;
        }

        return digits;
    }

    private static Int128 PowerOfTen(int exponent)
    {
        var power = (Int128)1;
        for (; exponent > 0; exponent--)
        {
            power *= 10;
        }

        return power;
    }
}
