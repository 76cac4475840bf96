using Latch.Import.Folding;
using Latch.Import.Graph;

namespace Latch.Import.Operators;

/// <summary>Gemm and MatMul: dense layers where the right side is a constant matrix, else products of values.</summary>
internal static class DenseOperators
{
    public static void MatMul(OperatorCall call)
    {
        GraphValue left = call.Floats(0);
        GraphValue right = call.Floats(1);
        int[] shape = ProductShape(call, left.Shape, right.Shape);
        if ((left.IsConstant && !IsZeroRow(left)) || !right.IsConstant || right.Shape.SkipLast(2).Any(length => length != 1))
        {
            call.Emit(new MatMulNode(call.Name, left.Name, right.Name, call.Output), shape);
            return;
        }
        int inputs = left.Shape[^1];
        FloatTensor weights = call.Builder.Rows(call.Weights(1, "B"), data => Transposed(new FloatTensor([inputs, data.Count / inputs], data.Data), scale: 1));
        int[] dense = [.. left.Shape[..^1], weights.Shape[0]];
        bool sameShape = dense.AsSpan().SequenceEqual(shape);
        string output = sameShape ? call.Output : call.Inner("product");
        call.Emit(new DenseNode(call.Name, left.Name, output, weights, Bias: null), dense);
        if (!sameShape)
            call.Emit(new ReshapeNode($"{call.Name}/shape", output, call.Output), shape);
    }

    public static void Gemm(OperatorCall call)
    {
        bool transposeRight = call.Attribute("transB", 0L) != 0;
        float alpha = call.Attribute("alpha", 1f);
        float beta = call.Attribute("beta", 1f);
        GraphValue left = call.Floats(0);
        GraphValue right = call.Floats(1);
        if (left.Shape.Length != 2 || right.Shape.Length != 2)
            throw Mismatch(call, left.Shape, right.Shape);
        if (call.Attribute("transA", 0L) != 0)
            left = SwapAxes(call, left, "A");
        GraphValue? summand = call.Optional(2) is null ? null : call.Floats(2);
        int outputs = right.Shape[transposeRight ? 0 : 1];
        if (left.Shape[1] != right.Shape[transposeRight ? 1 : 0])
            throw Mismatch(call, left.Shape, right.Shape);
        int[] shape = [left.Shape[0], outputs];
        FloatTensor? bias = summand?.Float is null ? null : Bias(call.Weights(2, "C"), outputs, beta);
        bool summed = summand is null || bias is not null;
        string product = summed ? call.Output : call.Inner("product");
        if (right.Float is not null && (!left.IsConstant || IsZeroRow(left)))
        {
            FloatTensor weights = call.Weights(1, "B");
            weights = transposeRight ? Scaled(weights, alpha) : Transposed(weights, alpha);
            call.Emit(new DenseNode(call.Name, left.Name, product, weights, bias), shape);
        }
        else
        {
            if (transposeRight)
                right = SwapAxes(call, right, "B");
            product = Product(call, left, right, alpha, shape, summand is null ? call.Output : call.Inner("product"));
            summed = summand is null;
        }
        if (!summed)
            AddSummand(call, product, summand!, beta, shape);
    }

    private static string Product(
        OperatorCall call, GraphValue left, GraphValue right, float alpha, int[] shape, string output)
    {
        string raw = alpha == 1 ? output : call.Inner("unscaled");
        call.Emit(new MatMulNode(call.Name, left.Name, right.Name, raw), shape);
        if (alpha != 1)
            call.Emit(new ActivationNode($"{call.Name}/alpha", ActivationKind.Affine, raw, output, alpha), shape);
        return output;
    }

    private static void AddSummand(OperatorCall call, string product, GraphValue summand, float beta, int[] shape)
    {
        if (TensorShape.Broadcast(summand.Shape, shape) is not { } sum || !sum.AsSpan().SequenceEqual(shape))
            throw Mismatch(call, summand.Shape, shape);
        if (beta != 1)
        {
            ActivationNode scaled = new($"{call.Name}/beta", ActivationKind.Affine, summand.Name, call.Inner("beta"), beta);
            summand = call.Emit(scaled, summand.Shape);
        }
        call.Emit(new BinaryNode($"{call.Name}/C", BinaryOperation.Add, product, summand.Name, call.Output), shape);
    }

    /// <summary>One bias per output, or null when the constant also varies by row or does not fit.</summary>
    private static FloatTensor? Bias(FloatTensor constant, int outputs, float beta)
    {
        if (constant.Count == outputs && (constant.Shape.Length == 0 || constant.Shape[^1] == outputs))
            return new FloatTensor([outputs], [.. constant.Data.Select(x => x * beta)]);
        return constant.Count == 1
            ? new FloatTensor([outputs], [.. Enumerable.Repeat(constant.Data[0] * beta, outputs)])
            : null;
    }

    /// <summary>A constant row of zeros: a state before the first step, see <see cref="GraphBuilder"/>.</summary>
    private static bool IsZeroRow(GraphValue value) => value.Float is { } row && row.Count == row.Shape[^1] && row.Data.All(x => x == 0);

    private static GraphValue SwapAxes(OperatorCall call, GraphValue value, string role) => call.Emit(
        new TransposeNode($"{call.Name}/{role}", value.Name, call.Inner(role), [1, 0]), value.Shape[1], value.Shape[0]);

    private static FloatTensor Scaled(FloatTensor matrix, float scale) =>
        scale == 1 ? matrix : new FloatTensor(matrix.Shape, [.. matrix.Data.Select(x => x * scale)]);

    private static FloatTensor Transposed(FloatTensor matrix, float scale)
    {
        int rows = matrix.Shape[0];
        int columns = matrix.Shape[1];
        float[] data = new float[rows * columns];
        for (int row = 0; row < rows; row++)
        {
            for (int column = 0; column < columns; column++)
                data[(column * rows) + row] = matrix.Data[(row * columns) + column] * scale;
        }
        return new FloatTensor([columns, rows], data);
    }

    private static int[] ProductShape(OperatorCall call, int[] left, int[] right)
    {
        if (left.Length == 0 || right.Length == 0 || left[^1] != right[right.Length == 1 ? 0 : ^2])
            throw Mismatch(call, left, right);
        int[]? batch = TensorShape.Broadcast(left.AsSpan(0, Math.Max(0, left.Length - 2)), right.AsSpan(0, Math.Max(0, right.Length - 2)));
        if (batch is null)
            throw Mismatch(call, left, right);
        int[] rows = left.Length == 1 ? [] : [left[^2]];
        int[] columns = right.Length == 1 ? [] : [right[^1]];
        return [.. batch, .. rows, .. columns];
    }

    private static ImportException Mismatch(OperatorCall call, int[] left, int[] right) => call.Fail(
        ImportErrorCode.ShapeMismatch, $"shapes {TensorShape.Text(left)} and {TensorShape.Text(right)} do not fit together");
}
