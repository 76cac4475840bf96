using System.Reflection;

namespace Latch.Targets;

/// <summary>Files that are part of this program: the shipped profiles, the table of cores, what the packages are made of.</summary>
internal static class Resources
{
    private static readonly Assembly s_assembly = typeof(Resources).Assembly;

    public static IEnumerable<string> Under(string folder) =>
        s_assembly.GetManifestResourceNames().Where(name => name.StartsWith(folder, StringComparison.Ordinal)).Order(StringComparer.Ordinal);

    public static string Text(string name)
    {
        using StreamReader reader = new(s_assembly.GetManifestResourceStream(name) ?? throw new InvalidOperationException($"The program holds no file '{name}'."));
        return reader.ReadToEnd();
    }
}
