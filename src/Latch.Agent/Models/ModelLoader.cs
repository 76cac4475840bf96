using System.Runtime.InteropServices;
using Latch.Agent.Configuration;
using Latch.Anomaly;
using Latch.Bundle;
using Latch.Model;
using Latch.Runtime;
using Latch.Telemetry.Recordings;

namespace Latch.Agent.Models;

/// <summary>Reads and checks the model that the configuration names.</summary>
internal static class ModelLoader
{
    /// <summary>Reads a model and steps it through its golden vectors. Every file is read once: what was checked is what runs.</summary>
    /// <param name="configuration">Names model, profile and trust.</param>
    /// <param name="runningVersion">Version of the bundle that runs; null for none. The one that is installed counts too.</param>
    /// <exception cref="AgentException">The model is refused.</exception>
    public static LoadedModel Load(AgentConfiguration configuration, int? runningVersion)
    {
        try
        {
            LoadedModel loaded = Directory.Exists(configuration.Model) ? FromBundle(configuration, runningVersion) : FromFile(configuration);
            if (!loaded.Model.CanStep)
                throw new AgentException($"{configuration.Model}: the model cannot be run step by step: {loaded.Model.NotStreamableReason?.TrimEnd('.')}. An agent steps its model; quantize one that can stream.");
            return loaded;
        }
        catch (Exception exception) when (exception is BundleException or ModelFormatException or AnomalyProfileException or IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new AgentException(exception.Message, exception);
        }
    }

    private static LoadedModel FromBundle(AgentConfiguration configuration, int? runningVersion)
    {
        int? installed = InstalledVersion.Beside(configuration.Model);
        ModelBundle bundle = ModelBundle.Open(configuration.Model, new BundleTrust
        {
            Keys = configuration.Trust.Keys,
            AllowUnsigned = configuration.Trust.AllowUnsigned,
            AllowOlder = configuration.Trust.AllowOlder,
            InstalledVersion = runningVersion is { } running && installed is { } last ? Math.Max(running, last) : runningVersion ?? installed,
        });
        LatchModel model = bundle.LoadModel();
        GoldenVectors golden = bundle.LoadGolden();
        if (golden.Check(model) is { } difference)
            throw new AgentException($"{configuration.Model}: the golden vectors do not give the same integers here. {difference} The model or this program is damaged; install both anew.");
        (AnomalyProfile? profile, ulong hash) = configuration.Alarms.Profile is { } own ? Profile(ReadFile(own), own, model)
            : bundle.Profile is { } bytes ? Profile(bytes.Span, bundle.ProfilePath!, model) : (null, 0);
        return new LoadedModel(model, bundle.Manifest.Name, bundle.Manifest.Version, bundle.ModelSha256, bundle.SignedBy, profile, hash, golden.Steps, bundle.Limits);
    }

    private static LoadedModel FromFile(AgentConfiguration configuration)
    {
        if (!configuration.Trust.AllowUnsigned)
            throw new AgentException($"{configuration.Model}: a plain model file has no signature. Give the folder of a signed bundle, or set trust.allowUnsigned in the configuration.");
        byte[] file = ReadFile(configuration.Model);
        LatchModel model = LatchModel.Create(ModelReader.Read(file, configuration.Model));
        (AnomalyProfile? profile, ulong hash) = configuration.Alarms.Profile is { } own ? Profile(ReadFile(own), own, model) : (null, 0);
        return new LoadedModel(model, model.Name, 0, ModelFingerprint.Of(file), null, profile, hash, 0, null);
    }

    private static (AnomalyProfile Profile, ulong Hash) Profile(ReadOnlySpan<byte> file, string path, LatchModel model)
    {
        AnomalyProfile profile = AnomalyProfile.Read(file, path);
        string? misfit = model.OutputSize != model.InputSize
            ? $"the model takes {model.InputSize} readings and yields {model.OutputSize} values; only a forecaster of its own channels can be scored"
            : StreamScorer.Misfit(profile, model.Channels, model.InputSize);
        if (misfit is not null)
            throw new AgentException($"{path}: {misfit}. Learn a profile for this model with 'latch watch --train ... --save-profile'.");
        byte[] text = new byte[(file.Length + 3) & ~3];
        file.CopyTo(text);
        return (profile, StateChecksum.Of(MemoryMarshal.Cast<byte, int>(text)));
    }

    private static byte[] ReadFile(string path)
    {
        try
        {
            return File.ReadAllBytes(path);
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new AgentException($"{path}: it cannot be read: there is no such file.", exception);
        }
    }
}
