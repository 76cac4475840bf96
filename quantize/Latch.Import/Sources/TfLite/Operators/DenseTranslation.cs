using Latch.Import.Graph;

namespace Latch.Import.Sources.TfLite.Operators;

/// <summary>Products with matrices.</summary>
internal static class DenseTranslation
{
    private const byte PlainWeights = 0;

    /// <summary>
    /// Weights are [outputs, inputs]. Unless the number of axes is kept, the input is a matrix with as many columns as the weights, whatever its axes.
    /// </summary>
    public static void FullyConnected(TfLiteCall call)
    {
        if (call.Byte(1) != PlainWeights)
            throw call.Fail(ImportErrorCode.UnsupportedForm, "only the plain format is supported", "weights_format");
        call.Tensors.Type(call.Tensor(1));
        int[] weights = call.Shape(1);
        if (weights.Length != 2 || weights[1] == 0 || call.Rank(0) == 0)
            throw call.Fail(ImportErrorCode.ShapeMismatch, $"shape {TensorShape.Text(weights)} does not fit an input of shape {TensorShape.Text(call.Shape(0))}", "weights");
        string input = call.Input(0);
        if (call.Bool(2) && call.Rank(0) != 2)
        {
            Product(call, input);
            return;
        }
        if (call.Rank(0) != 2 || call.Shape(0)[1] != weights[1])
            input = call.Inner("Reshape", [input, call.Constant("rows", -1, weights[1])]);
        string[] bias = call.Has(2) ? [call.Input(2)] : [];
        FusedActivation.Write(call, field: 0, "Gemm", [input, call.Input(1), .. bias], ("transB", 1));
    }

    private static void Product(TfLiteCall call, string input)
    {
        string weights = call.IsConstant(1)
            ? Transposed(call)
            : call.Inner("Transpose", [call.Input(1)], ("perm", new[] { 1, 0 }));
        if (call.Has(2))
            FusedActivation.Write(call, field: 0, "Add", [call.Inner("MatMul", [input, weights]), call.Input(2)]);
        else
            FusedActivation.Write(call, field: 0, "MatMul", [input, weights]);
    }

    private static string Transposed(TfLiteCall call)
    {
        FloatTensor transposed = Permutation.Of(call.Weights(1, "weights"), 1, 0);
        return call.Constant("weights", transposed.Shape, transposed.Data);
    }

    public static void BatchMatMul(TfLiteCall call) =>
        call.Write("MatMul", [Adjoint(call, 0, call.Bool(0)), Adjoint(call, 1, call.Bool(1))]);

    private static string Adjoint(TfLiteCall call, int input, bool swapped)
    {
        int rank = call.Rank(input);
        if (rank < 2)
            throw call.Fail(ImportErrorCode.ShapeMismatch, $"needs two axes, has shape {TensorShape.Text(call.Shape(input))}", $"input {input}");
        return swapped
            ? call.Inner("Transpose", [call.Input(input)], ("perm", (int[])[.. Enumerable.Range(0, rank - 2), rank - 1, rank - 2]))
            : call.Input(input);
    }
}
