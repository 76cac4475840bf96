using Latch.Import.Folding;
using Latch.Import.Graph;

namespace Latch.Import.Operators;

/// <summary>Operators that ONNX Runtime's optimizer writes, and normalizations and functions of new operator sets: each is a few others, one after the other.</summary>
internal static class FusedOperators
{
    /// <summary>alpha A B, each with its last two axes swapped on request.</summary>
    public static void MatMul(OperatorCall call)
    {
        string left = Swapped(call, 0, "transA"), right = Swapped(call, 1, "transB");
        foreach (string attribute in new[] { "transBatchA", "transBatchB" })
        {
            if (call.Attribute(attribute, 0L) != 0)
                throw call.Fail(ImportErrorCode.UnsupportedForm, "only 0 is supported", attribute);
        }
        float alpha = call.Attribute("alpha", 1f);
        string product = alpha == 1 ? call.Output : call.Inner("product");
        call.Substitute("MatMul", "product", [left, right], product);
        if (alpha != 1)
            call.Substitute("Mul", "alpha", [product, call.Inner("alpha", new FloatTensor([], [alpha]))], call.Output);
    }

    public static void Gemm(OperatorCall call) => Activated(call, "Gemm", 3);

    /// <summary>A convolution, a sum with a fourth input, an activation.</summary>
    public static void Conv(OperatorCall call) => Activated(call, "Conv", 3, call.Optional(3)?.Name);

    public static void Gelu(OperatorCall call) => call.Substitute("Gelu", "gelu", [Biased(call)], call.Output);

    public static void FastGelu(OperatorCall call) => call.Substitute("Gelu", "gelu", [Biased(call)], call.Output, ("approximate", "tanh"));

    /// <summary>x times the sigmoid of alpha x: Swish, and ONNX Runtime's QuickGelu.</summary>
    public static void Swish(OperatorCall call)
    {
        string input = call.Floats(0).Name;
        float alpha = call.Attribute("alpha", call.Operator == "QuickGelu" ? 1.702f : 1f);
        string scaled = input;
        if (alpha != 1)
            scaled = call.Substitute("Mul", "alpha", [input, call.Inner("alpha", new FloatTensor([], [alpha]))], call.Inner("scaled"));
        string sigmoid = call.Substitute("Sigmoid", "sigmoid", [scaled], call.Inner("share"));
        call.Substitute("Mul", "product", [input, sigmoid], call.Output);
    }

    /// <summary>The normalization of a sum of two inputs and a bias.</summary>
    public static void SkipLayerNormalization(OperatorCall call)
    {
        string sum = call.OptionalOutput(3) ?? call.Inner("sum");
        string plain = call.Optional(4) is null ? sum : call.Inner("plain");
        call.Substitute("Add", "skip", [call.Floats(0).Name, call.Floats(1).Name], plain);
        if (call.Optional(4) is { } bias)
            call.Substitute("Add", "bias", [plain, bias.Name], sum);
        List<string> inputs = [sum, call.Required(2).Name];
        if (call.Optional(3) is { } beta)
            inputs.Add(beta.Name);
        call.Substitute("LayerNormalization", "norm", [.. inputs], call.Output, ("epsilon", call.Attribute("epsilon", 1e-12f)), ("axis", -1L));
    }

    /// <summary>scale x / sqrt(mean(x^2) + epsilon) over the axes from one on.</summary>
    public static void RmsNormalization(OperatorCall call)
    {
        call.Ignore("stash_type");
        GraphValue input = call.Floats(0);
        int first = call.Axis(call.Attribute("axis", -1L), input.Shape.Length);
        long[] axes = [.. Enumerable.Range(first, input.Shape.Length - first).Select(axis => (long)axis)];
        string list = call.Inner("axes", new IntegerTensor([axes.Length], axes));
        string square = call.Substitute("Mul", "square", [input.Name, input.Name], call.Inner("squares"));
        string mean = call.Opset >= 18
            ? call.Substitute("ReduceMean", "mean", [square, list], call.Inner("means"))
            : call.Substitute("ReduceMean", "mean", [square], call.Inner("means"), ("axes", axes));
        string variance = call.Substitute("Add", "sum", [mean, call.Inner("epsilon", new FloatTensor([], [call.Attribute("epsilon", 1e-5f)]))], call.Inner("variance"));
        string root = call.Substitute("Sqrt", "root", [variance], call.Inner("deviation"));
        string quotient = call.Substitute("Div", "quotient", [input.Name, root], call.Inner("normal"));
        call.Substitute("Mul", "scale", [quotient, call.Required(1).Name], call.Output);
    }

    private static string Biased(OperatorCall call)
    {
        if (call.Optional(1) is not { } bias)
            return call.Floats(0).Name;
        return call.Substitute("Add", "bias", [call.Floats(0).Name, bias.Name], call.Inner("biased"));
    }

    private static string Swapped(OperatorCall call, int index, string attribute)
    {
        GraphValue value = call.Floats(index);
        if (call.Attribute(attribute, 0L) == 0)
            return value.Name;
        long[] permutation = [.. Enumerable.Range(0, value.Shape.Length).Select(axis => (long)axis)];
        (permutation[^1], permutation[^2]) = (permutation[^2], permutation[^1]);
        return call.Substitute("Transpose", attribute, [value.Name], call.Inner(attribute), ("perm", permutation));
    }

    private static void Activated(OperatorCall call, string operatorName, int inputs, string? summand = null)
    {
        string name = call.Attribute("activation", "");
        float[] numbers = call.FloatsAttribute("activation_params") ?? [];
        float alpha = call.Attribute("activation_alpha", numbers.ElementAtOrDefault(0));
        float beta = call.Attribute("activation_beta", numbers.ElementAtOrDefault(1));
        string[] own = [.. Enumerable.Range(0, inputs).Select(index => call.Optional(index)?.Name ?? "")];
        string result = name.Length == 0 && summand is null ? call.Output : call.Inner("linear");
        call.Substitute(operatorName, "linear", [.. own.Reverse().SkipWhile(input => input.Length == 0).Reverse()], result, call.AllAttributes("activation", "activation_params", "activation_alpha", "activation_beta", "activation_gamma"));
        if (summand is not null)
            call.Substitute("Add", "sum", [result, summand], result = name.Length == 0 ? call.Output : call.Inner("sum"));
        if (name.Length == 0)
            return;
        (string, object)[] parameters = name switch
        {
            "Relu" or "Sigmoid" or "Tanh" => [],
            "LeakyRelu" => [("alpha", alpha)],
            "HardSigmoid" => [("alpha", alpha), ("beta", beta)],
            "Clip" => [],
            _ => throw call.Fail(ImportErrorCode.UnsupportedForm, $"'{name}' is not supported", "activation"),
        };
        string[] bounds = name == "Clip" ? [call.Inner("min", new FloatTensor([], [alpha])), call.Inner("max", new FloatTensor([], [beta]))] : [];
        call.Substitute(name, "activation", [result, .. bounds], call.Output, parameters);
    }
}
