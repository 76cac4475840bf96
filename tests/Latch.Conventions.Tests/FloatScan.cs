using Mono.Cecil;
using Mono.Cecil.Cil;

namespace Latch.Conventions.Tests;

/// <summary>Finds floating point in compiled code: fields, locals, signatures, instructions. Spans of float may be passed along, but not looked into.</summary>
internal static class FloatScan
{
    private static readonly HashSet<Code> s_floatCodes =
    [
        Code.Ldc_R4, Code.Ldc_R8, Code.Conv_R4, Code.Conv_R8, Code.Conv_R_Un, Code.Ldind_R4, Code.Ldind_R8, Code.Stind_R4, Code.Stind_R8,
        Code.Ldelem_R4, Code.Ldelem_R8, Code.Stelem_R4, Code.Stelem_R8, Code.Ckfinite,
    ];

    private static readonly HashSet<string> s_spanMembers = ["Slice", "get_Length", "get_IsEmpty", "get_Empty", "op_Implicit", ".ctor"];

    /// <summary>Every place of <paramref name="type"/> that has to do with a floating-point value.</summary>
    internal static IEnumerable<string> Find(TypeDefinition type)
    {
        foreach (FieldDefinition field in type.Fields.Where(static field => HasFloat(field.FieldType)))
            yield return $"{field.FullName}: field";
        foreach (MethodDefinition method in type.Methods)
        {
            if (HasValue(method))
                yield return $"{method.FullName}: signature";
            if (!method.HasBody)
                continue;
            foreach (VariableDefinition local in method.Body.Variables.Where(static local => HasFloat(local.VariableType) && !IsSpan(local.VariableType)))
                yield return $"{method.FullName}: local {local.VariableType}";
            foreach (Instruction instruction in method.Body.Instructions.Where(IsFloat))
                yield return $"{method.FullName}: {instruction}";
        }
    }

    private static bool IsFloat(Instruction instruction) => s_floatCodes.Contains(instruction.OpCode.Code) || instruction.Operand switch
    {
        MethodReference method => IsSpan(method.DeclaringType) ? !s_spanMembers.Contains(method.Name) : HasFloat(method.DeclaringType) || HasValue(method),
        FieldReference field => HasFloat(field.FieldType) || HasFloat(field.DeclaringType),
        TypeReference type => HasFloat(type) && !IsSpan(type),
        _ => false,
    };

    // Spans among the parameters and the result are let through; values, arrays and references are not.
    private static bool HasValue(MethodReference method) =>
        method.Parameters.Select(static parameter => parameter.ParameterType).Append(method.ReturnType).Any(static type => HasFloat(type) && !IsSpan(type))
        || (method is GenericInstanceMethod generic && generic.GenericArguments.Any(HasFloat));

    private static bool IsSpan(TypeReference type) =>
        type is GenericInstanceType { ElementType.FullName: "System.Span`1" or "System.ReadOnlySpan`1" } span && span.GenericArguments[0].FullName == "System.Single";

    private static bool HasFloat(TypeReference? type) => type switch
    {
        null => false,
        GenericInstanceType generic => generic.GenericArguments.Any(HasFloat),
        TypeSpecification wrapped => HasFloat(wrapped.ElementType),
        _ => type.FullName is "System.Single" or "System.Double" or "System.Half",
    };
}
