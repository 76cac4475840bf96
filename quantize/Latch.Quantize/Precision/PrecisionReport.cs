using System.Globalization;

namespace Latch.Quantize.Precision;

/// <summary>What a trial changes.</summary>
public enum PrecisionAction
{
    /// <summary>A tensor or a recurrent state takes 16 bits.</summary>
    Widen,

    /// <summary>A tensor or a recurrent state takes 8 bits again.</summary>
    Narrow,

    /// <summary>The units between dense layers are made of one size.</summary>
    Equalise,

    /// <summary>The clip point of each weight row is searched.</summary>
    ClipRows,

    /// <summary>A bias makes good the mean error of a layer's sums.</summary>
    CorrectBias,
}

/// <summary>One trial.</summary>
/// <param name="Action">What was changed.</param>
/// <param name="Target">Name of the value, state (ends with ".hidden") or node; several are joined by ", ".</param>
/// <param name="Share">Part of the outputs' squared error on held-back data that went away with it; negative when it grew, 0 when that is unknown.</param>
/// <param name="ExtraWork">Part of the model's products of codes with weights that takes 16 bits for it (negative: takes 8 again); 0 for changes of weights.</param>
/// <param name="BeforeDb">The outputs' standard deviation over their error before, in dB (<see cref="QuantizeOptions.Budget"/>).</param>
/// <param name="AfterDb">The same with the change; null when such a model cannot be built.</param>
/// <param name="Kept">Whether the change was kept.</param>
public sealed record PrecisionStep(PrecisionAction Action, string Target, double Share, double ExtraWork, double BeforeDb, double? AfterDb, bool Kept)
{
    /// <summary>One line of text.</summary>
    public override string ToString()
    {
        string what = Action switch
        {
            PrecisionAction.Widen => $"{Target} to 16 bits",
            PrecisionAction.Narrow => $"{Target} back to 8 bits",
            PrecisionAction.Equalise => $"units of {Target} equalised",
            PrecisionAction.ClipRows => $"clip points of {Target}",
            _ => $"bias of {Target} corrected",
        };
        if (AfterDb is null)
            return $"{what}: cannot be built, not kept";
        string work = ExtraWork == 0 ? "" : Text($", work {100 * ExtraWork:+0.###;-0.###} %");
        return what + Text($": {BeforeDb:F2} -> {AfterDb:F2} dB, {100 * Share:F1} % of the error{work}, {(Kept ? "kept" : "not kept")}");
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}

/// <summary>How a wanted accuracy was sought, and what was reached on held-back data.</summary>
/// <param name="WantedDb">The budget in dB.</param>
/// <param name="StartDb">With 8 bits everywhere.</param>
/// <param name="ReachedDb">With what was kept.</param>
/// <param name="IsMet">Whether the budget holds.</param>
/// <param name="Steps">Every trial in order, without measurements of single tensors that were not taken, and without corrections of biases that were measured anew later.</param>
public sealed record PrecisionReport(double WantedDb, double StartDb, double ReachedDb, bool IsMet, IReadOnlyList<PrecisionStep> Steps)
{
    /// <summary>Wanted and reached in one line.</summary>
    public string Summary => string.Create(CultureInfo.InvariantCulture,
        $"wanted {WantedDb:F2} dB, int8 everywhere {StartDb:F2} dB, reached {ReachedDb:F2} dB{(IsMet ? "" : ": the best that was found")}");

    /// <summary>The summary and a line for each step.</summary>
    public IReadOnlyList<string> Reasons() => [Summary, .. Steps.Select(static step => step.ToString())];
}
