using Latch.Import.Graph;
using Latch.Import.Onnx;
using Latch.Import.Operators;
using Dimension = Latch.Import.Onnx.TensorShapeProto.Types.Dimension;

namespace Latch.Import;

/// <content>Files that fix the number of steps.</content>
internal sealed partial class ModelImport
{
    private ImportException FixedTo(int steps, int wanted, ImportException? inner = null) => new(
        ImportErrorCode.UnresolvedShape,
        _source,
        $"the file fixes the number of steps to {steps}, asked for were {wanted}; {(inner is null ? "leave the steps out or" : $"with that many the graph does not fit together ({Where(inner)}{inner.Detail}):")} export with an open sequence axis",
        inner: inner);

    private static string Where(ImportException refusal) => refusal.Node.Length == 0 ? "" : $"node '{refusal.Node}': ";

    // The number of steps that the file fixes; null when it leaves an axis open.
    private int? OwnSteps()
    {
        try
        {
            (GraphBuilder builder, int steps) = ResolveAnyhow(null);
            return builder.StepsAreFixed ? steps : null;
        }
        catch (ImportException)
        {
            return null;
        }
    }

    // The same file with an axis of that length left open: the first with which the graph fits together.
    private FloatModel Reopened(int steps, ImportOptions options, string sha256, IReadOnlyList<string> notes)
    {
        ImportException? refusal = null;
        foreach (int axis in Enumerable.Range(0, _dimensions.Inputs.Max(static input => input.Type.TensorType.Shape.Dim.Count)))
        {
            ModelProto open = _proto.Clone();
            Dimension[] dimensions = [.. open.Graph.Input.Where(input => _read.Contains(input.Name))
                .Select(static input => input.Type.TensorType.Shape.Dim).Where(shape => shape.Count > axis && shape[axis].DimValue == steps).Select(shape => shape[axis])];
            foreach (Dimension dimension in dimensions)
                dimension.ClearValue();
            try
            {
                if (dimensions.Length > 0)
                    return new ModelImport(open, _source, _files, options).Run(options with { ReplaceSteps = false }, sha256, notes);
            }
            catch (ImportException mismatch)
            {
                refusal ??= mismatch;
            }
        }
        throw FixedTo(steps, options.Steps!.Value, refusal);
    }
}
