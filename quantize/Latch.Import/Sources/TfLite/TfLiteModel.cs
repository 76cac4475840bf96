namespace Latch.Import.Sources.TfLite;

/// <summary>The element types of tensors, by the numbers of the public schema.</summary>
internal enum TfLiteType : byte
{
    Float32 = 0,
    Float16 = 1,
    Int32 = 2,
    UInt8 = 3,
    Int64 = 4,
    String = 5,
    Bool = 6,
    Int16 = 7,
    Int8 = 9,
    Float64 = 10,
}

/// <summary>A tensor of the main graph.</summary>
/// <param name="Name">As in the file; possibly empty, or the name of others too.</param>
/// <param name="Shape">The length of each axis; 1 where the file leaves it open.</param>
/// <param name="Signature">The same with -1 where the file leaves a length open; empty when it leaves none.</param>
/// <param name="Type">The element type.</param>
/// <param name="Data">The bytes of a constant; empty otherwise.</param>
/// <param name="IsVariable">Whether the tensor is a state that an operator keeps from run to run, zero at the start.</param>
/// <param name="IsQuantized">Whether the file gives it a scale.</param>
/// <param name="IsSparse">Whether its elements are stored sparsely.</param>
internal sealed record TfLiteTensor(
    string Name, int[] Shape, int[] Signature, TfLiteType Type, ReadOnlyMemory<byte> Data, bool IsVariable, bool IsQuantized, bool IsSparse)
{
    public bool IsConstant => !Data.IsEmpty && !IsVariable;
}

/// <summary>An operator of the main graph.</summary>
/// <param name="Code">The number of the operator in the public schema.</param>
/// <param name="CustomName">The name of an operator from outside the schema; empty otherwise.</param>
/// <param name="Inputs">Tensors; -1 for one left out.</param>
/// <param name="Outputs">Tensors.</param>
/// <param name="OptionsKind">Which table <paramref name="Options"/> is.</param>
/// <param name="Options">What other formats call attributes; null when the file has none.</param>
internal sealed record TfLiteOperator(int Code, string CustomName, int[] Inputs, int[] Outputs, byte OptionsKind, FlatTable? Options)
{
    /// <summary>The operator's name in messages.</summary>
    public string Name => CustomName.Length > 0 ? CustomName : OperatorNames.Of(Code);
}

/// <summary>A model file, read and checked: every index of a tensor exists.</summary>
/// <param name="Description">What the converter wrote about the file.</param>
/// <param name="Tensors">All tensors of the main graph.</param>
/// <param name="Operators">Its operators in the order of execution.</param>
/// <param name="Inputs">The tensors that a user gives.</param>
/// <param name="Outputs">The tensors that a user gets.</param>
/// <param name="Aliases">The names that a signature gives to inputs and outputs, by tensor.</param>
internal sealed record TfLiteModel(
    string Description,
    IReadOnlyList<TfLiteTensor> Tensors,
    IReadOnlyList<TfLiteOperator> Operators,
    IReadOnlyList<int> Inputs,
    IReadOnlyList<int> Outputs,
    IReadOnlyDictionary<int, string> Aliases);
