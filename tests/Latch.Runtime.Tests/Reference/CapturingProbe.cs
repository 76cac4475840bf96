namespace Latch.Runtime.Tests.Reference;

/// <summary>A probe that keeps copies of every frame.</summary>
internal struct CapturingProbe() : IGateProbe
{
    public List<Frame> Frames { get; } = [];

    public readonly void OnStep(in GateFrame frame) => Frames.Add(new Frame(
        frame.Layer, frame.Step, frame.Gates.ToArray(), frame.PreActivations.ToArray(), frame.Cell.ToArray(), frame.Hidden.ToArray(),
        Codes(frame.HiddenCodes), Codes(frame.InputCodes), frame.GateSaturations.ToArray(), frame.CellSaturations, frame.HiddenSaturations, frame.OutputSaturations));

    private static int[] Codes(CodeSpan codes)
    {
        var copy = new int[codes.Count];
        for (int i = 0; i < copy.Length; i++)
            copy[i] = codes[i];
        return copy;
    }

    internal sealed record Frame(
        int Layer, long Step, int[] Gates, int[] PreActivations, int[] Cell, int[] Hidden, int[] HiddenCodes, int[] InputCodes,
        int[] GateSaturations, int CellSaturations, int HiddenSaturations, int OutputSaturations);
}
