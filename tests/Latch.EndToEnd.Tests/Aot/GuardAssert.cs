namespace Latch.EndToEnd.Tests.Aot;

/// <summary>The command "guard" must end at the byte beyond its memory, not before.</summary>
internal static class GuardAssert
{
    // .NET catches SIGSEGV (139), says what it was, and ends by SIGABRT (134).
    private static readonly int[] s_codes = [134, 139];

    public static void DiedBeyond(SmokeRun run)
    {
        Assert.Contains(run.Code, s_codes);
        Assert.Contains("inside       700", run.Out, StringComparison.Ordinal);
        Assert.DoesNotContain("beyond", run.Out, StringComparison.Ordinal);
        Assert.Matches("Access ?Violation", run.Error);
    }
}
