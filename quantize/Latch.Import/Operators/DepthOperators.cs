using Latch.Import.Folding;
using Latch.Import.Graph;

namespace Latch.Import.Operators;

/// <summary>DepthToSpace and SpaceToDepth: blocks of channels become blocks of the plane, and back, by a reshape, a transpose and a reshape.</summary>
internal static class DepthOperators
{
    public static void DepthToSpace(OperatorCall call)
    {
        (GraphValue input, int block) = Read(call);
        string mode = call.Opset >= 11 ? call.Attribute("mode", "DCR") : "DCR";
        if (mode is not ("DCR" or "CRD"))
            throw call.Fail(ImportErrorCode.UnsupportedForm, $"'{mode}' is neither DCR nor CRD", "mode");
        (int n, int c, int h, int w) = (input.Shape[0], input.Shape[1], input.Shape[2], input.Shape[3]);
        int depth = c / block / block;
        if (depth * block * block != c)
            throw call.Fail(ImportErrorCode.ShapeMismatch, $"{c} channels do not make blocks of {block} by {block}", "blocksize");
        bool depthFirst = mode == "CRD";
        int[] split = depthFirst ? [n, depth, block, block, h, w] : [n, block, block, depth, h, w];
        int[] permutation = depthFirst ? [0, 1, 4, 2, 5, 3] : [0, 3, 4, 1, 5, 2];
        Emit(call, input, split, permutation, [n, depth, h * block, w * block]);
    }

    public static void SpaceToDepth(OperatorCall call)
    {
        (GraphValue input, int block) = Read(call);
        (int n, int c, int h, int w) = (input.Shape[0], input.Shape[1], input.Shape[2], input.Shape[3]);
        if (h % block != 0 || w % block != 0)
            throw call.Fail(ImportErrorCode.ShapeMismatch, $"a plane of {h} by {w} does not make blocks of {block} by {block}", "blocksize");
        int[] split = [n, c, h / block, block, w / block, block];
        Emit(call, input, split, [0, 3, 5, 1, 2, 4], [n, checked(c * block * block), h / block, w / block]);
    }

    private static (GraphValue Input, int Block) Read(OperatorCall call)
    {
        GraphValue input = call.Required(0);
        long block = call.Attribute("blocksize", 0L);
        if (input.Shape.Length != 4)
            throw call.Fail(ImportErrorCode.ShapeMismatch, $"needs four axes, has shape {TensorShape.Text(input.Shape)}", "input");
        return block is >= 1 and <= 4096
            ? (input, (int)block)
            : throw call.Fail(ImportErrorCode.UnsupportedForm, $"{block} is not possible", "blocksize");
    }

    private static void Emit(OperatorCall call, GraphValue input, int[] split, int[] permutation, int[] shape)
    {
        GraphValue parts = call.Emit(new ReshapeNode($"{call.Name}/split", input.Name, call.Inner("split")), split);
        TransposeNode transpose = new($"{call.Name}/moved", parts.Name, call.Inner("moved"), permutation);
        GraphValue moved = call.Emit(transpose, [.. permutation.Select(axis => split[axis])]);
        call.Emit(new ReshapeNode(call.Name, moved.Name, call.Output), shape);
    }
}
