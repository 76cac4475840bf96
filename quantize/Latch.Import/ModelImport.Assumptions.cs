using Latch.Import.Folding;
using Latch.Import.Operators;

namespace Latch.Import;

/// <content>What is assumed of a file whose graph does not fit together as it stands.</content>
internal sealed partial class ModelImport
{
    /// <summary>
    /// Lowers the graph; where that fails, also with lengths of sequences taken as the number of steps, with a batch that the file fixes taken as 1, and with
    /// each row of a batch as a layer of its own.
    /// </summary>
    private (GraphBuilder Builder, int Steps) ResolveAnyhow(int? requested)
    {
        ImportException? refusal = null;
        for (int attempt = 0; ; attempt++)
        {
            try
            {
                return Resolve(requested);
            }
            catch (ImportException refused) when (DependsOnShapes(refused))
            {
                refusal = refusal is null || IsBatch(refusal) ? refused : refusal;
                if (!Relax(attempt == 0, refused))
                    throw refusal;
            }
        }
    }

    /// <summary>Changes what is assumed; false when there is nothing left.</summary>
    private bool Relax(bool first, ImportException refused)
    {
        if (first && _known.Lengths.Count > 0)
            return _lengthsAreSteps = true;
        if (_rules is null && IsBatch(refused))
            _rules = _dimensions.BatchRules(_batch.Refused).GetEnumerator();
        if (_rules is null || !_rules.MoveNext())
            return false;
        _batch = _rules.Current;
        return true;
    }

    private static bool IsBatch(ImportException refusal) => refusal is { Code: ImportErrorCode.UnresolvedShape, OperatorName: "LSTM" or "GRU" or "RNN", Attribute: "X" };

    private IEnumerable<string> AssumptionNotes(int steps)
    {
        if (_lengthsAreSteps)
            yield return $"the input{(_known.Lengths.Count > 1 ? "s" : "")} {string.Join(", ", _known.Lengths.Select(name => $"'{name}'"))} with the lengths of sequences {(_known.Lengths.Count > 1 ? "are" : "is")} taken as the number of steps, {steps}";
        if (_batch.Fixed > 1)
            yield return $"the file fixes the batch to {_batch.Fixed}; it is taken as 1";
    }

    /// <summary>The number that an input is known to hold; null for one that is given.</summary>
    private long? Known(string input, int steps) =>
        _known.Values.TryGetValue(input, out long value) ? value : _lengthsAreSteps && _known.Lengths.Contains(input) ? steps : null;
}
