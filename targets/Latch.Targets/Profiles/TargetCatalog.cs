namespace Latch.Targets.Profiles;

/// <summary>The profiles there are: those shipped with the program, and those in a folder of the user's.</summary>
internal sealed class TargetCatalog
{
    /// <summary>Names a folder of profiles when no option does.</summary>
    public const string Variable = "LATCH_TARGETS";

    private TargetCatalog(IReadOnlyList<TargetProfile> profiles) => Profiles = profiles;

    /// <summary>All profiles, ordered by name.</summary>
    public IReadOnlyList<TargetProfile> Profiles { get; }

    /// <summary>Reads the profiles. One in the folder takes the place of a shipped one of the same name.</summary>
    /// <param name="folder">The user's folder; null for the one of the environment variable, if any.</param>
    public static TargetCatalog Load(string? folder = null)
    {
        SortedDictionary<string, TargetProfile> profiles = new(StringComparer.Ordinal);
        foreach (string name in Resources.Under("profiles/"))
            Add(TargetProfile.Parse(Resources.Text(name), name), name, profiles, replace: false);
        string? own = folder ?? (Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } named ? named : null);
        if (own is not null)
            AddFolder(own, profiles);
        return new TargetCatalog([.. profiles.Values]);
    }

    /// <summary>The profile of a name.</summary>
    public TargetProfile Find(string name) => Profiles.FirstOrDefault(profile => profile.Name == name)
        ?? throw new TargetException($"There is no target '{name}'; there are: {string.Join(", ", Profiles.Select(profile => profile.Name))}. 'latch targets' says what they are.");

    private static void AddFolder(string folder, SortedDictionary<string, TargetProfile> profiles)
    {
        if (!Directory.Exists(folder))
            throw new TargetException($"{folder}: there is no such folder of target profiles. Name one with --targets or {Variable}.");
        HashSet<string> seen = [];
        foreach (string path in Directory.GetFiles(folder, "*.json").Order(StringComparer.Ordinal))
        {
            if (path.EndsWith(".schema.json", StringComparison.Ordinal))
                continue;
            TargetProfile profile = TargetProfile.Parse(File.ReadAllText(path), path);
            if (!seen.Add(profile.Name))
                throw new TargetException($"{path}: another file of the folder has the name '{profile.Name}' too. Rename one.");
            Add(profile, path, profiles, replace: true);
        }
    }

    private static void Add(TargetProfile profile, string where, SortedDictionary<string, TargetProfile> profiles, bool replace)
    {
        if (!replace && profiles.ContainsKey(profile.Name))
            throw new TargetException($"{where}: the name '{profile.Name}' is taken.");
        profiles[profile.Name] = profile;
    }
}
