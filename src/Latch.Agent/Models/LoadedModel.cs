using Latch.Anomaly;
using Latch.Bundle;
using Latch.Runtime;

namespace Latch.Agent.Models;

/// <summary>A model that was read, checked and found fit to run, with what came with it. Never changes.</summary>
/// <param name="Model">The model.</param>
/// <param name="Name">Name of the bundle, or of the model.</param>
/// <param name="Version">Version of the bundle; 0 for a plain file.</param>
/// <param name="Fingerprint">SHA-256 of the model's file.</param>
/// <param name="SignedBy">Id of the key; null when unsigned.</param>
/// <param name="Profile">Null: nothing is scored.</param>
/// <param name="ProfileHash">Tells one profile from another; 0 for none.</param>
/// <param name="GoldenSteps">Golden steps that gave the same integers; 0 where there are none.</param>
/// <param name="Limits">Limits on the board; null for none.</param>
internal sealed record LoadedModel(
    LatchModel Model, string Name, int Version, string Fingerprint, string? SignedBy, AnomalyProfile? Profile, ulong ProfileHash, int GoldenSteps, BundleLimits? Limits)
{
    /// <summary>Name, version and the beginning of the fingerprint.</summary>
    public override string ToString() => $"{Name} {(Version > 0 ? $"version {Version} " : "")}({Fingerprint[..8]})";
}
