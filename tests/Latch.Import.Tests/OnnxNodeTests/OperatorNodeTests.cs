using Latch.Import.Graph;
using Latch.Import.Reference;
using Latch.Import.Tests.Support;

namespace Latch.Import.Tests.OnnxNodeTests;

/// <summary>ONNX's own tests of operators other than recurrent ones. Those that ask for what is not supported are refused with the attribute's name.</summary>
public sealed class OperatorNodeTests
{
    /// <summary>Recurrent operators have tests of their own, some came after the package, some need constants or have tests in double precision only.</summary>
    private static readonly string[] s_others = ["LSTM", "GRU", "RNN", "Gelu", "Mish", "LpNormalization", "ConstantOfShape", "Range", "ReduceLogSumExp", "If", "Loop", "Scan"];

    /// <summary>Parts of the names of tests that must be refused, and the attribute or input that the refusal names.</summary>
    private static readonly (string Part, string Attribute)[] s_refused =
    [
        ("_select_last_index", "select_last_index"), ("pool_3d", "X"), ("convtranspose_3d", "X"), ("training", "training_mode"),
        ("_FLOAT_to_BFLOAT16", "to"), ("_FLOAT_to_STRING", "to"),
        ("pow_types_float32", ""), ("pow_types_float", "Y"), ("pow_types_int32_", "Y"), ("pow_types_int64_", "Y"),
        ("scatternd_", "reduction"), ("scatter_elements_with_duplicate_indices", "reduction"),
    ];

    /// <summary>A cast to half precision does not round: the model is in single precision (HalfPrecisionTests).</summary>
    private const string Rounding = "_FLOAT_to_FLOAT16";

    public static TheoryData<string> Names() => [.. OnnxImporter.SupportedOperators.Except(s_others).Except(Operators.QuantizedFileTests.Operators).Except(Operators.FusedOperatorTests.Operators)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Run_OnnxNodeTests_GiveTheirOutputs(string operatorName)
    {
        OperatorTestFolder[] folders = [.. OperatorTestFolder.Of(operatorName).Where(folder => !folder.Name.Contains(Rounding, StringComparison.Ordinal))];
        Assert.NotEmpty(folders);
        foreach (OperatorTestFolder folder in folders)
        {
            string refused = Refused(folder.Name);
            if (refused.Length == 0)
                Run(folder);
            else
                Assert.Equal(refused, Assert.Throws<ImportException>(() => OnnxImporter.Import(folder.Model(), folder.Name)).Attribute);
        }
    }

    private static string Refused(string name)
    {
        foreach ((string part, string attribute) in s_refused)
            if (name.Contains(part, StringComparison.Ordinal))
                return attribute;
        return "";
    }

    private static void Run(OperatorTestFolder folder)
    {
        FloatModel model = OnnxImporter.Import(folder.Model(), folder.Name);

        IReadOnlyDictionary<string, float[]> actual = new FloatReference(model).Run(folder.Inputs());

        double largest = Agreement.Largest(folder.Outputs(), actual, scaleAbove: 1);
        Assert.True(largest <= 1e-6, $"{folder.Name}: largest difference {largest:E2}");
    }
}
