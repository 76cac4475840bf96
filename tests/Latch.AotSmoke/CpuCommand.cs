using Latch.Runtime;

namespace Latch.AotSmoke;

/// <summary>Prints what the program can use on this processor.</summary>
internal static class CpuCommand
{
    public static int Run()
    {
        Console.WriteLine($"kernels      {string.Join(' ', LatchModel.AvailableKernels)}");
        Console.WriteLine($"sets         {string.Join(' ', Processor.InstructionSets())}");
        return Usage.Ok;
    }
}
