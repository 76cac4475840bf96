namespace Latch.Import.Reference;

/// <summary>erf(x), the integral of 2 / sqrt(pi) exp(-t^2) from 0 to x.</summary>
internal static class ErrorFunction
{
    /// <summary>From here on the result is 1 in double precision.</summary>
    private const double Saturated = 6;

    /// <summary>2 / sqrt(pi) exp(-x^2) (x + 2 x^3 / 3 + 4 x^5 / (3 5) + ..): all terms have one sign, so that nothing cancels.</summary>
    public static double Of(double x)
    {
        if (Math.Abs(x) >= Saturated)
            return Math.Sign(x);
        double term = x;
        double sum = x;
        for (int n = 1; Math.Abs(term) > 1e-17 * Math.Abs(sum); n++)
        {
            term *= 2 * x * x / ((2 * n) + 1);
            sum += term;
        }
        return 2 / Math.Sqrt(Math.PI) * Math.Exp(-x * x) * sum;
    }
}
