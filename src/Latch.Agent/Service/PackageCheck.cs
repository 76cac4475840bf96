using Latch.Agent.Configuration;

namespace Latch.Agent.Service;

/// <summary>
/// What <c>latch-agent check</c> will say on a board of a configuration and a model, asked before they are packed. Files of the board that the configuration names are not
/// looked for here, and no device is touched.
/// </summary>
internal static class PackageCheck
{
    /// <summary>Checks.</summary>
    /// <param name="text">The configuration.</param>
    /// <param name="path">Its file, for messages.</param>
    /// <param name="model">The .latch file that the board will have.</param>
    /// <param name="profile">The profile beside it; null for none.</param>
    /// <returns>Everything that is wrong, and whether the configuration takes models that nobody signed.</returns>
    public static (IReadOnlyList<string> Faults, bool AllowsUnsigned) Run(string text, string path, string model, string? profile)
    {
        (AgentConfiguration configuration, IReadOnlyList<string> faults) = ConfigurationReader.ReadWithFaults(text, path, new ConfigurationFaults { LookForFiles = false });
        AgentConfiguration here = configuration with
        {
            Model = model,
            Trust = new TrustOptions([], AllowUnsigned: true, AllowOlder: true),
            Alarms = configuration.Alarms with { Profile = profile },
        };
        return ([.. faults, .. AgentSetup.ModelFaults(here)], configuration.Trust.AllowUnsigned);
    }
}
