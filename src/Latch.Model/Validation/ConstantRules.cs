using Latch.Model.Container;

namespace Latch.Model.Validation;

/// <summary>Rules of the constants: each is named well, used, and has the type and shape its use asks for.</summary>
internal sealed class ConstantRules(IReadOnlyDictionary<string, ConstantTensor> constants)
{
    private readonly HashSet<string> _used = [];
    private readonly HashSet<string> _owned = [];

    internal void CheckAll(RuleScope model)
    {
        foreach ((string name, ConstantTensor constant) in constants)
        {
            RuleScope scope = model.Inside($"constant '{name}'");
            scope.CheckPresent(constant, ModelFormatCode.Constant, "tensor");
            scope.CheckName(name, "name");
            if (constant.Name != name || name.StartsWith("__", StringComparison.Ordinal))
                throw scope.Error(ModelFormatCode.Name, "Its key and its name must agree and not begin with '__'.");
            if (constant.Shape.Count > Format.MaxRank || constant.Count == 0)
                throw scope.Error(ModelFormatCode.Shape, $"Its shape [{string.Join(", ", constant.Shape)}] must have at most {Format.MaxRank} dimensions, none of them 0.");
        }
    }

    internal void CheckAllUsed(RuleScope model)
    {
        foreach (string name in constants.Keys)
        {
            if (!_used.Contains(name))
                throw model.Inside($"constant '{name}'").Error(ModelFormatCode.Constant, "Nothing uses it.");
        }
    }

    internal ConstantTensor Find(RuleScope scope, string? name, string role)
    {
        if (name is null || !constants.TryGetValue(name, out ConstantTensor? constant))
            throw scope.Error(ModelFormatCode.Constant, $"Its {role} '{name}' do not exist.");
        _used.Add(name);
        return constant;
    }

    internal void CheckWeights(RuleScope scope, string? name, string role, int rows, int columns)
    {
        ConstantTensor constant = Find(scope, name, role);
        if (constant.Type != ElementType.Int8 || constant.Shape is not [int first, int second] || first != rows || second != columns)
            throw WrongShape(scope, constant, role, $"Int8 [{rows}, {columns}]");
    }

    // The runtime packs weights for each layer: many layers over the same ones would let a small file ask for much memory.
    internal void CheckOwnWeights(RuleScope scope, string? name, string role, int rows, int columns)
    {
        CheckWeights(scope, name, role, rows, columns);
        if (!_owned.Add(name!))
            throw scope.Error(ModelFormatCode.Constant, $"Its {role} '{name}' serve twice; each layer has its own.");
    }

    internal void CheckNumbers(RuleScope scope, string? name, string role, int count)
    {
        ConstantTensor constant = Find(scope, name, role);
        if (constant.Type == ElementType.Int8 || constant.Shape is not [int first] || first != count)
            throw WrongShape(scope, constant, role, $"Int16 or Int32 [{count}]");
    }

    private static ModelFormatException WrongShape(RuleScope scope, ConstantTensor constant, string role, string expected) => scope.Error(
        ModelFormatCode.Constant,
        $"Its {role} '{constant.Name}' are {constant.Type} [{string.Join(", ", constant.Shape)}], not {expected}.");
}
