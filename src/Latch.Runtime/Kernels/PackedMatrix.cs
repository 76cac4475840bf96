namespace Latch.Runtime.Kernels;

/// <summary>Int8 weights in the order in which the kernel that packed them reads them.</summary>
/// <param name="Weights">Packed weights; the layout is the kernel's own.</param>
/// <param name="Rows">Number of rows of the matrix.</param>
/// <param name="Columns">Number of columns of the matrix.</param>
internal sealed record PackedMatrix(sbyte[] Weights, int Rows, int Columns);
