namespace Latch.Agent.Configuration;

/// <summary>Everything that is wrong with a configuration, each with its place.</summary>
internal sealed class ConfigurationFaults
{
    private readonly List<string> _all = [];

    /// <summary>Whether files that the configuration names must be on this machine; false where it is checked for another one.</summary>
    public bool LookForFiles { get; init; } = true;

    /// <summary>The faults found so far, in order of the file.</summary>
    public IReadOnlyList<string> All => _all;

    /// <summary>Adds faults that name their place themselves.</summary>
    public void AddAll(IEnumerable<string> faults) => _all.AddRange(faults);

    /// <summary>Adds a fault.</summary>
    /// <param name="path">The property, such as <c>faults.timeout</c>.</param>
    /// <param name="what">What is wrong, and what to do.</param>
    public void Add(string path, string what) => Add(path, what, joined: false);

    /// <summary>Adds a fault.</summary>
    /// <param name="path">The object.</param>
    /// <param name="what">What is wrong; begins with the property when <paramref name="joined"/>.</param>
    /// <param name="joined">Joins both with a point.</param>
    public void Add(string path, string what, bool joined) => _all.Add($"{path}{(joined ? "." : ": ")}{what}");
}

/// <summary>A configuration that cannot be used.</summary>
internal sealed class ConfigurationException(IReadOnlyList<string> faults) : Exception(string.Join(Environment.NewLine, faults))
{
    /// <summary>All faults.</summary>
    public IReadOnlyList<string> Faults => faults;
}
