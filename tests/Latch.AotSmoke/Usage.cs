namespace Latch.AotSmoke;

/// <summary>Exit codes and the text for a wrong command.</summary>
internal static class Usage
{
    public const int Ok = 0, Different = 1, Wrong = 2, Unusable = 3;

    public static int Show(string? problem = null)
    {
        if (problem is not null)
            Console.Error.WriteLine($"aot-smoke: {problem}");
        Console.Error.WriteLine("""
            usage: aot-smoke cpu                                    kernels and instruction sets this program can use here
                   aot-smoke run MODEL.latch SERIES.csv[.gz] [--kernel NAME|all] [--repeat N]
                                                                    steps a model; prints kernel, steps, allocated bytes and hash
                   aot-smoke replay FOLDER MODEL.latch [--kernel NAME|all]
                                                                    replays a recording; prints kernel and steps
                   aot-smoke equality [--quick] [--kernel NAME]     compares every kernel with "scalar"
                   aot-smoke guard                                  reads beyond guarded memory: must die by SIGSEGV
            exit codes: 0 well, 1 kernels or a replay differ, 2 wrong command, 3 something to read is unusable or there is nothing to compare
            """);
        return Wrong;
    }

    /// <summary>The value after an option; null when the option is absent.</summary>
    public static string? Option(ReadOnlySpan<string> options, string name)
    {
        int place = options.IndexOf(name);
        return place >= 0 && place + 1 < options.Length ? options[place + 1] : null;
    }
}
